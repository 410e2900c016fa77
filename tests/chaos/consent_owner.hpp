// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/process.hpp"

namespace vcare::chaos {

/// A line of the journal of the owner of consents: what it took, or what it said.
struct OwnerLine {
    enum class Kind : std::uint8_t { record, said };
    Kind kind{};
    std::string tenant;
    std::string patient;
    std::string type;
    bool granted = false;
    std::int64_t at = 0;  ///< milliseconds since 1970, by the clock of this machine
};

/// The remote owner of consents (consent_owner.mjs), a process of its own that a kill makes forget nothing.
class ConsentOwner {
  public:
    ConsentOwner();

    /// Comes back when it answers; throws std::runtime_error when it does not.
    void start();
    void kill() { process_.kill(); }
    void pause() const;  ///< it stands still: SIGSTOP
    void go_on() const;  ///< SIGCONT

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// The patient takes the telehealth consent back at the owner itself, of which the service hears nothing.
    /// False when the owner is away.
    [[nodiscard]] bool withdraw(const std::string& tenant, const std::string& patient) const;
    /// Everything in its journal, in its order.
    [[nodiscard]] std::vector<OwnerLine> journal() const;

  private:
    support::TempFolder folder_;
    std::uint16_t port_;
    support::Process process_;
};

}  // namespace vcare::chaos
