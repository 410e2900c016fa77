// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/telemetry/trace_exporter.hpp"
#include "application/learn_bars.hpp"
#include "application/pay_encounters.hpp"
#include "application/relay_outbox.hpp"
#include "application/round.hpp"
#include "application/run_retention.hpp"
#include "application/seal_audit.hpp"
#include "application/send_reminders.hpp"
#include "application/services.hpp"
#include "application/sweep_sessions.hpp"
#include "application/tell_live_streams.hpp"
#include "application/watch_queues.hpp"
#include "main/dependency_board.hpp"
#include "main/inbox.hpp"
#include "main/wakeup.hpp"

namespace vcare::program {

/// How busy the workers are; may change while they run.
struct WorkerPace {
    std::chrono::seconds sweep_every{5};
    unsigned encounters_at_once = 8;
};

struct WorkerPlan {
    std::string replica;  ///< this process' name, new at every start
    std::chrono::seconds sweeper_rests{120};
    WorkerPace pace = {};
    telemetry::TraceExporter* traces = nullptr;  ///< null: nobody collects them; outlives the workers
    std::chrono::seconds retention_every{60};
    application::RetentionStore* retention = nullptr;  ///< null: only the command deletes; outlives them too
    application::LearnBars::Heard barred = {};
};

/// Runs every background worker of one process on one event loop: each in turns of its own, waiting between
/// them; a worker that fails says so and tries again at its next turn.
class Workers {
  public:
    /// `outbox` is roused when there are events to tell and to publish, `received` when there are messages to
    /// take; they, `inbox` and `board` outlive the workers.
    Workers(const boost::asio::any_io_executor& executor, const application::Services& services,
            Wakeup& outbox, Inbox& inbox, Wakeup& received, DependencyBoard& board, WorkerPlan plan);
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// The first heartbeat, which has to be there before anybody is served, as has to be known who is barred.
    [[nodiscard]] Task<Result<void>> announce_replica();
    void start();
    /// On the loop: each worker keeps it from its next round on.
    void keep(WorkerPace pace);
    /// On the loop: lets every round under way finish and comes back when all rest.
    [[nodiscard]] Task<void> stop();

  private:
    using RunRound = std::function<Task<Result<application::Round>>()>;
    struct Worker {
        std::string_view name;
        std::chrono::milliseconds every;
        RunRound run_round;
        Wakeup* wakeup;
    };

    Worker& add(std::string_view name, std::chrono::milliseconds every, RunRound run_round);
    Task<void> run(const Worker* worker);
    void note_end(std::exception_ptr failure);
    Task<Result<application::Round>> tell();
    Task<Result<application::Round>> receive();
    Task<Result<application::Round>> beat();
    Task<Result<application::Round>> sweep();
    Task<Result<application::Round>> settle_consents();
    Task<Result<application::Round>> look_at_dependencies();
    Task<Result<application::Round>> send_traces();

    boost::asio::any_io_executor executor_;
    application::Services services_;
    WorkerPlan plan_;
    application::TellLiveStreams teller_;
    application::RelayOutbox relay_;
    application::SweepSessions sweeper_;
    application::PayEncounters payer_;
    application::ConsentDebtPayer consent_payer_;
    application::SealAudit sealer_;
    application::WatchQueues watcher_;
    application::SendReminders reminders_;
    application::LearnBars bars_;
    std::optional<application::RunRetention> retention_;

    Inbox& inbox_;
    DependencyBoard& board_;
    std::deque<Worker> workers_;  ///< each stays where it is
    Worker* sweeping_ = nullptr;
    Wakeup* relay_wakeup_ = nullptr;
    Wakeup* booking_wakeup_ = nullptr;
    std::vector<std::unique_ptr<Wakeup>> wakeups_;
    Wakeup all_rest_;
    std::optional<domain::SweepClock> heartbeat_;  ///< the last one that is in the store
    std::size_t running_ = 0;
    bool is_stopping_ = false;
};

}  // namespace vcare::program
