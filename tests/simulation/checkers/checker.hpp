// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "simulation/world/world.hpp"

namespace vcare::simulation {

struct Broken {
    std::string checker;
    std::string what;
    domain::Instant at;
};

/// Watches one thing that must never happen. The first that does is what a run reports.
class Checker : public Observer {
  public:
    Checker(std::string name, World& world) : world_(world), name_(std::move(name)) {}

    /// Everything is over, nothing fails any more and the workers had their time: is all as it must be?
    virtual void finished() {}

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::optional<Broken>& broken() const { return broken_; }

  protected:
    void expect(bool holds, const std::string& what) {
        if (!holds && !broken_) broken_ = Broken{name_, what, world_.now()};
    }
    [[nodiscard]] World& world() { return world_; }

  private:
    World& world_;
    std::string name_;
    std::optional<Broken> broken_;
};

/// One for each "never" of the service.
[[nodiscard]] std::vector<std::unique_ptr<Checker>> all_checkers(World& world);

[[nodiscard]] std::unique_ptr<Checker> never_active_without_consent(World& world);
[[nodiscard]] std::unique_ptr<Checker> never_a_row_without_a_room(World& world);
[[nodiscard]] std::unique_ptr<Checker> never_closed_by_our_outage(World& world);
[[nodiscard]] std::unique_ptr<Checker> never_two_encounters_nor_none(World& world);
[[nodiscard]] std::unique_ptr<Checker> every_change_has_its_event_once_in_order(World& world);
[[nodiscard]] std::unique_ptr<Checker> every_event_fits_its_schema(World& world);
[[nodiscard]] std::unique_ptr<Checker> no_tenant_sees_another(World& world);
[[nodiscard]] std::unique_ptr<Checker> no_phi_leaves(World& world);
[[nodiscard]] std::unique_ptr<Checker> acknowledged_is_kept(World& world);
[[nodiscard]] std::unique_ptr<Checker> audit_chain_verifies(World& world);
[[nodiscard]] std::unique_ptr<Checker> version_counts_transitions(World& world);
[[nodiscard]] std::unique_ptr<Checker> a_link_lets_in_once(World& world);
[[nodiscard]] std::unique_ptr<Checker> nobody_is_told_twice_or_of_what_is_off(World& world);
[[nodiscard]] std::unique_ptr<Checker> what_is_owed_is_paid(World& world);

}  // namespace vcare::simulation
