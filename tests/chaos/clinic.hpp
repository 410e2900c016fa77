// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/visit_driver.hpp"

namespace vcare::chaos {

/// A tenant, and everything that it and its patients were told in a run.
class Clinic {
  public:
    Clinic(std::string tenant, support::Headers staff)
        : tenant_(std::move(tenant)), staff_(std::move(staff)) {}

    [[nodiscard]] const std::string& tenant() const { return tenant_; }
    [[nodiscard]] const support::Headers& staff() const { return staff_; }
    [[nodiscard]] support::Ledger& ledger() { return ledger_; }
    [[nodiscard]] const support::Ledger& ledger() const { return ledger_; }

    /// Somebody of the tenant was shown this text; the sessions and participants it names are noted.
    void was_shown(std::string_view text);
    [[nodiscard]] std::set<std::string> seen() const;

    /// A person could not go on, though nothing that was struck explains it.
    void was_stuck(std::string how);
    [[nodiscard]] std::vector<std::string> stuck() const;

  private:
    const std::string tenant_;
    const support::Headers staff_;
    support::Ledger ledger_;
    mutable std::mutex mutex_;
    std::set<std::string> seen_;
    std::vector<std::string> stuck_;
};

}  // namespace vcare::chaos
