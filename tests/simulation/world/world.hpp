// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "domain/check.hpp"
#include "simulation/world/core.hpp"

namespace vcare::simulation {

/// A client's question on its way. The first answer that arrives is the one it gets; none may.
template <class T>
struct Call {
    std::optional<Result<T>> answer = {};
    std::uint64_t waiter = 0;
};

/// What a client knows after it asked: the answer, or nothing at all.
template <class T>
using Outcome = std::optional<Result<T>>;

/// A piece of the core's work that a client asks for.
template <class T>
using Work = std::function<Task<Result<T>>(Core*)>;

/// One seeded world: a core that crashes, services that fail, and a network that loses things.
class World {
  public:
    struct Options {
        std::uint64_t seed = 1;
        Planted planted = Planted::nothing;
        FaultRates rates = {};
    };
    explicit World(const Options& options);
    ~World();

    [[nodiscard]] Observers& observers() { return observers_; }
    [[nodiscard]] Timeline& timeline() { return timeline_; }
    [[nodiscard]] domain::Instant now() const { return timeline_.now(); }
    [[nodiscard]] Dice& dice() { return client_dice_; }
    [[nodiscard]] ConsentOwner& consents() { return consents_; }
    [[nodiscard]] const Record& record() const { return record_; }
    [[nodiscard]] Core* core() { return core_.get(); }
    [[nodiscard]] unsigned lives() const { return lives_; }

    /// The truth of the store, without a road: for checkers.
    [[nodiscard]] StorePorts& truth() { return truth_; }
    /// Runs a task on the truth to its end, which comes at once.
    template <class T>
    [[nodiscard]] T now_of(Task<T> task);

    /// Spawns a client. It lives through every crash of the core.
    void spawn(Task<void> client);

    /// Asks the core and waits for an answer, but not for ever. The question may be lost or arrive twice,
    /// the answer may be lost, and both take their time.
    template <class T>
    [[nodiscard]] Task<Outcome<T>> ask(Work<T> work);

    [[nodiscard]] Task<void> pass(domain::milliseconds duration) {
        return timeline_.wait(Owner::clients, duration);
    }

    /// Goes on until `done` says so; false when nothing moves any more before that.
    [[nodiscard]] bool run(const std::function<bool()>& done);
    /// From now on nothing goes wrong, and the core is up.
    void end_faults();
    void crash();

    /// Adds to the trace: two runs of a seed are the same exactly when their hashes are.
    void trace(std::string_view text);
    [[nodiscard]] std::uint64_t trace_hash() const { return trace_hash_; }

  private:
    static constexpr domain::seconds answer_deadline{10};

    void start();
    void plan_crash();
    void plan_freeze();
    void plan_clock_step();
    void plan_record_outage();
    void deliver(std::function<void()> action);
    template <class T>
    void serve(std::shared_ptr<Call<T>> call, Work<T> work);

    Options options_;
    FaultRates rates_;
    Timeline timeline_;
    Dice client_dice_;
    Dice weather_dice_;
    Dice seeds_;
    Dice clock_dice_;
    Observers observers_;
    ConsentOwner consents_;
    Record record_;
    Broker broker_;
    std::unique_ptr<store::Database> database_;
    StorePorts truth_;
    Weather weather_;
    Surroundings surroundings_;
    boost::asio::io_context clients_{1};
    unsigned lives_ = 0;
    bool faults_ended_ = false;
    std::uint64_t trace_hash_ = 0xcbf29ce484222325;
    std::unique_ptr<Core> core_;
};

namespace detail {

inline void rethrow(std::exception_ptr problem) {
    if (problem) std::rethrow_exception(problem);
}

/// Runs on the core; nobody hears of it when the core dies meanwhile.
template <class T>
Task<void> run_work(Core* core, Work<T> work, std::function<void(Result<T>)> reply) {
    auto result = co_await work(core);
    reply(std::move(result));
}

template <class T>
Task<void> keep_result(Task<T> task, std::optional<T>* out) {
    out->emplace(co_await std::move(task));
}

}  // namespace detail

template <class T>
T World::now_of(Task<T> task) {
    std::optional<T> result;
    boost::asio::io_context io{1};
    boost::asio::co_spawn(io, detail::keep_result(std::move(task), &result), detail::rethrow);
    io.poll();
    VCARE_CHECK(result.has_value(), "the store in memory answers without a pause");
    return std::move(*result);
}

template <class T>
Task<Outcome<T>> World::ask(Work<T> work) {
    auto call = std::make_shared<Call<T>>();
    const bool lost = weather_dice_.chance(rates_.request_lost);
    const bool twice = weather_dice_.chance(rates_.request_twice);
    if (!lost) deliver([this, call, work] { serve(call, work); });
    if (twice) deliver([this, call, work] { serve(call, work); });
    co_await timeline_.wait(Owner::clients, answer_deadline, &call->waiter);
    co_return std::move(call->answer);
}

template <class T>
void World::serve(std::shared_ptr<Call<T>> call, Work<T> work) {
    if (!core_) return;
    auto reply = [this, call](Result<T> result) {
        if (!result) {
            observers_.told("error", result.error().detail);
            for (const domain::FieldError& field : result.error().fields)
                observers_.told("error", field.message);
        }
        if (weather_dice_.chance(rates_.answer_lost)) return;
        deliver([this, call, result = std::move(result)] {
            if (call->answer) return;
            call->answer = result;
            timeline_.wake(call->waiter);
        });
    };
    boost::asio::co_spawn(core_->executor(),
                          detail::run_work<T>(core_.get(), std::move(work), std::move(reply)),
                          detail::rethrow);
}

}  // namespace vcare::simulation
