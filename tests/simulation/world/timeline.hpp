// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "application/ports/clock.hpp"

namespace vcare::simulation {

/// Whose coroutines wait: those of the clients, or those of one life of the core.
enum class Owner : std::uint32_t { clients = 0 };

/// The only time there is. It stands still while anything can run and then jumps to whatever is due next.
/// Everything that waits in a run waits here, so dropping an owner's entries drops all its coroutines.
class Timeline {
  public:
    explicit Timeline(domain::Instant start) : now_(start) {}

    [[nodiscard]] domain::Instant now() const { return now_; }

    /// Comes back when the time has passed, or sooner after `wake` of the id that `out_id` was given.
    [[nodiscard]] Task<void> wait(Owner owner, domain::milliseconds duration,
                                  std::uint64_t* out_id = nullptr);
    void wake(std::uint64_t id);
    /// Calls `action` then.
    std::uint64_t at(Owner owner, domain::Instant due, std::move_only_function<void()> action);

    /// Moves to the next entry and runs it; false when nothing waits.
    bool step();
    /// Until then nothing of this owner happens: the process stands still while the world goes on.
    void freeze(Owner owner, domain::Instant until);
    /// The service's machine believes it is this much later than it is (or earlier) from now on.
    void put_clock_wrong_by(domain::milliseconds offset) { wrong_by_ = offset; }
    [[nodiscard]] domain::Instant believed_now() const { return now_ + wrong_by_; }
    /// Forgets whatever the owner waits for. Its coroutines unwind on their executor.
    void drop(Owner owner);

  private:
    using Key = std::pair<domain::Instant, std::uint64_t>;
    using Entries = std::map<Key, std::move_only_function<void()>>;

    /// When the owner's first entry can happen.
    [[nodiscard]] Key next_of(Owner owner, const Entries& entries) const;

    domain::Instant now_;
    domain::milliseconds wrong_by_{0};
    std::uint64_t last_id_ = 0;
    std::map<Owner, Entries> waiting_;
    std::map<std::uint64_t, std::pair<Owner, domain::Instant>> place_of_;
    std::optional<std::pair<Owner, domain::Instant>> frozen_;
};

/// The clock of the service's machine, which can be wrong and be put right; it waits by the true time.
class SimulatedClock final : public application::Clock {
  public:
    SimulatedClock(Timeline& timeline, Owner owner) : timeline_(timeline), owner_(owner) {}
    [[nodiscard]] domain::Instant now() const override { return timeline_.believed_now(); }
    [[nodiscard]] Task<void> wait_for(domain::milliseconds duration) override {
        return timeline_.wait(owner_, duration);
    }

  private:
    Timeline& timeline_;
    Owner owner_;
};

}  // namespace vcare::simulation
