// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include "adapters/keys/cryptography.hpp"
#include "application/chain_walk.hpp"
#include "application/tenant_authority.hpp"
#include "simulation/checkers/checker.hpp"

namespace vcare::simulation {
namespace {

/// One Encounter for every visit that took place, with the id its session knows; none for any other.
class NeverTwoEncountersNorNone final : public Checker {
  public:
    explicit NeverTwoEncountersNorNone(World& watched) : Checker("never_two_encounters_nor_none", watched) {}

    void encounter_made(const domain::SessionId& session, const std::string& id) override {
        expect(made_.emplace(session, id).second, session.text() + " has two Encounters");
    }
    void committed(const Commit& commit) override {
        for (const application::SessionWrite& write : commit.unit.sessions) {
            if (write.after.actual_start) took_place_.insert(write.after.id);
            if (write.after.encounter_id) known_.insert_or_assign(write.after.id, *write.after.encounter_id);
        }
    }
    void finished() override {
        for (const domain::SessionId& session : took_place_) {
            expect(made_.contains(session), session.text() + " took place and is not in the record");
            expect(known_.contains(session) && known_.at(session) == made_.at(session),
                   session.text() + " does not know its Encounter");
        }
        for (const auto& [session, id] : made_)
            expect(took_place_.contains(session), session.text() + " is in the record and never took place");
    }

  private:
    std::map<domain::SessionId, std::string> made_;
    std::map<domain::SessionId, std::string> known_;
    std::set<domain::SessionId> took_place_;
};

/// The audit log of every clinic is whole, and every command left its line in it.
class AuditChainVerifies final : public Checker {
  public:
    explicit AuditChainVerifies(World& watched) : Checker("audit_chain_verifies", watched) {}

    void committed(const Commit& commit) override {
        tenants_.insert(commit.tenant);
        for (const application::SessionWrite& write : commit.unit.sessions) {
            const bool by_the_service =
                !write.change.timeline.empty() && write.change.timeline.front().actor.starts_with("system:");
            const bool is_a_command = write.change.versioned && !by_the_service;
            expect(!is_a_command || !commit.unit.audit.empty(), write.after.id.text() + " changed unaudited");
        }
        for (const application::AuditEntry& entry : commit.unit.audit) entries_.insert(entry.id.text());
    }

    void finished() override {
        for (const domain::TenantId& tenant : tenants_) {
            const auto scope = application::TenantAuthority::of_operator(tenant);
            application::ChainWalk walk{*cryptography_, {}};
            for (;;) {
                const auto chain =
                    world().now_of(world().truth().audit->read_chain(scope, walk.read_up_to(), 500));
                expect(chain.has_value(), "the chain of " + tenant.text() + " cannot be read");
                if (!chain || chain->empty()) break;
                for (const application::SealedEntry& sealed : *chain) {
                    const auto broken = walk.take(sealed);
                    expect(!broken, tenant.text() + "'s chain: " + (broken ? broken->reason : ""));
                    if (broken) return;
                    entries_.erase(sealed.entry.id.text());
                }
            }
        }
        expect(entries_.empty(), std::to_string(entries_.size()) + " entries were never sealed");
    }

  private:
    const std::unique_ptr<application::Cryptography> cryptography_ = keys::make_cryptography();
    std::set<domain::TenantId> tenants_;
    std::set<std::string> entries_;
};

/// When nothing fails any more, every queue runs empty.
class WhatIsOwedIsPaid final : public Checker {
  public:
    explicit WhatIsOwedIsPaid(World& watched) : Checker("what_is_owed_is_paid", watched) {}

    void finished() override {
        const auto lengths = world().now_of(world().truth().queues->lengths());
        expect(lengths.has_value(), "the queues cannot be read");
        if (!lengths) return;
        expect(lengths->outbox_pending == 0, "events wait in the outbox");
        expect(lengths->outbox_dead == 0, "events are dead");
        expect(lengths->encounter_debts == 0, "Encounters are owed");
        expect(lengths->encounter_dead == 0, "Encounters are dead");
        const auto now = world().now() + domain::days{30};
        const auto debts = world().now_of(world().truth().queues->claim_consent_debts(now, now, 10));
        expect(debts && debts->empty(), "the owner of consents was not told of every withdrawal");
    }
};

}  // namespace

std::unique_ptr<Checker> never_two_encounters_nor_none(World& world) {
    return std::make_unique<NeverTwoEncountersNorNone>(world);
}
std::unique_ptr<Checker> audit_chain_verifies(World& world) {
    return std::make_unique<AuditChainVerifies>(world);
}
std::unique_ptr<Checker> what_is_owed_is_paid(World& world) {
    return std::make_unique<WhatIsOwedIsPaid>(world);
}

}  // namespace vcare::simulation
