// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <memory>
#include <thread>

#include "chaos/clinic.hpp"
#include "chaos/stack.hpp"

namespace vcare::chaos {

using Clinics = std::vector<std::unique_ptr<Clinic>>;

struct LoadOptions {
    std::uint64_t seed = 0;
    std::string name;  ///< goes into the names of its patients: each load of a run has another
    unsigned refusing_percent = 0;
};

/// People of every clinic who hold visits one after the other, on both replicas. A command without an answer,
/// or with one that asks to come back, is asked again under its key, on the other replica.
class Load {
  public:
    Load(Stack& stack, Clinics& clinics, LoadOptions options);
    ~Load();
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    /// Comes back at `until`, or before it when somebody is stuck.
    void run_until(std::chrono::steady_clock::time_point until);
    /// Everybody ends the visit that they are in and holds a whole one more. What is not answered `within`
    /// this time is given up, and noted as stuck.
    void finish(support::seconds within);

  private:
    enum class Phase : std::uint8_t { running, finishing, given_up };
    enum class Story : std::uint8_t { plain, without_consent, withdrawn_at_owner, withdrawn_in_visit };
    class Person;

    [[nodiscard]] Phase phase() const;
    void enter(Phase phase);
    /// Waits a little, or until the phase changes.
    void rest(Phase in) const;

    Stack& stack_;
    Clinics& clinics_;
    const LoadOptions options_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    Phase phase_ = Phase::running;
    std::size_t at_work_ = 0;
    std::vector<std::thread> threads_;
};

}  // namespace vcare::chaos
