// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "adapters/http/server.hpp"
#include "application/connection_samples.hpp"
#include "main/adapter_set.hpp"
#include "main/command_line.hpp"
#include "main/dependency_board.hpp"
#include "main/inbox.hpp"
#include "main/loop_watch.hpp"
#include "main/loops.hpp"
#include "main/traces.hpp"
#include "main/workers.hpp"

namespace vcare::program {

struct ProgramOptions {
    ConfigFile config = {};  ///< read again on SIGHUP
    Tell tell = {};          ///< for the demo: what happens, in sentences
};

/// The service as one process: its loops, adapters, workers and server. Made, prepared and run in one
/// thread.
class Program {
  public:
    /// Opens the store and the ports. Throws `DependencyAway`, or `std::system_error` when an address is
    /// taken.
    Program(const Settings& settings, ProgramOptions options);
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    [[nodiscard]] const application::Services& services() const { return adapters_.services(); }
    /// Null when an OIDC provider is the issuer.
    [[nodiscard]] const identity::EmbeddedIssuer* issuer() const { return adapters_.issuer(); }

    /// Before `run`: runs a task to its end in this thread.
    template <class T>
    [[nodiscard]] T prepare(Task<T> task) {
        return run_to_end(loops_.first(), std::move(task));
    }

    /// Serves until SIGTERM or SIGINT, or until `stop_after` has passed; then drains. A second signal ends
    /// the process at once. `on_ready` is called when requests are about to be answered.
    void run(const std::function<void()>& on_ready, std::optional<std::chrono::seconds> stop_after = {});

  private:
    void await_signal();
    void begin_drain();
    Task<void> drain();
    void reload();

    ProgramOptions options_;
    Settings running_;
    Loops loops_;
    std::unique_ptr<http::LiveHub> hub_;
    Wakeup outbox_;
    Wakeup received_;
    AdapterSet adapters_;
    Inbox inbox_;
    std::string replica_;
    std::unique_ptr<telemetry::TraceExporter> traces_;  ///< null: nobody collects them
    application::ConnectionSamples samples_;
    DependencyBoard board_;
    Workers workers_;
    std::unique_ptr<http::Server> server_;
    LoopWatch loop_watch_;
    boost::asio::signal_set signals_;
    boost::asio::steady_timer stop_timer_;
    bool is_draining_ = false;
};

}  // namespace vcare::program
