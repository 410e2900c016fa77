// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include "application/tenant_authority.hpp"
#include "simulation/checkers/checker.hpp"

namespace vcare::simulation {
namespace {

/// The mark that the workload puts on everything a person could have typed.
constexpr std::string_view mark = "PHI~";

void append(std::string& all, const domain::EventRecord& record) {
    for (const domain::EventField& field : record) {
        if (const auto* text = std::get_if<std::string>(&field.value)) all += *text + '\n';
        if (const auto* texts = std::get_if<std::vector<std::string>>(&field.value)) {
            for (const std::string& one : *texts) all += one + '\n';
        }
        if (const auto* records = std::get_if<std::vector<domain::EventRecord>>(&field.value)) {
            for (const domain::EventRecord& one : *records) append(all, one);
        }
    }
}

/// Nothing that a person typed is in an event, a log line, a metric's label, an error or the audit log.
class NoPhiLeaves final : public Checker {
  public:
    explicit NoPhiLeaves(World& watched) : Checker("no_phi_leaves", watched) {}

    void told(std::string_view where, std::string_view text) override { search(where, text); }
    void published(const domain::TenantId&, const application::OutboxEntry& entry) override {
        std::string all = entry.actor + entry.correlation_id + entry.event.subject;
        append(all, entry.event.data);
        search(to_wire(entry.event.type), all);
    }
    void committed(const Commit& commit) override {
        for (const application::AuditEntry& entry : commit.unit.audit)
            search("audit", entry.actor + entry.action + entry.outcome);
        for (const application::WhereaboutsRecord& sealed : commit.unit.whereabouts)
            search("whereabouts at rest", sealed.sealed);
    }

  private:
    void search(std::string_view where, std::string_view text) {
        expect(!text.contains(mark), std::string{where} + " says " + std::string{text});
    }
};

/// What a clinic's people are shown is that clinic's, and what is written for a clinic is written there.
class NoTenantSeesAnother final : public Checker {
  public:
    explicit NoTenantSeesAnother(World& watched) : Checker("no_tenant_sees_another", watched) {}

    void shown(const domain::TenantId& tenant, const domain::SessionData& session) override {
        expect(session.tenant == tenant, tenant.text() + " was shown " + session.id.text());
    }
    void committed(const Commit& commit) override {
        for (const application::SessionWrite& write : commit.unit.sessions) {
            expect(write.after.tenant == commit.tenant,
                   write.after.id.text() + " was written for another clinic");
            const auto owner = owner_.emplace(write.after.id, commit.tenant).first->second;
            expect(owner == commit.tenant, commit.tenant.text() + " changed " + write.after.id.text());
        }
    }
    void acknowledged(const Acknowledged& known) override {
        const auto owner = owner_.find(known.session);
        expect(owner != owner_.end() && owner->second == known.tenant,
               known.tenant.text() + " was told about " + known.session.text());
    }

  private:
    std::map<domain::SessionId, domain::TenantId> owner_;
};

/// What a client was told is there, whatever died afterwards.
class AcknowledgedIsKept final : public Checker {
  public:
    explicit AcknowledgedIsKept(World& watched) : Checker("acknowledged_is_kept", watched) {}

    void acknowledged(const Acknowledged& known) override {
        check(known);
        all_.push_back(known);
    }
    void finished() override {
        for (const Acknowledged& known : all_) check(known);
    }

  private:
    void check(const Acknowledged& known) {
        const auto scope = application::TenantAuthority::of_operator(known.tenant);
        const auto session = world().now_of(world().truth().sessions->find_session(scope, known.session));
        const bool is_there = session && *session;
        expect(is_there, known.session.text() + " was acknowledged and is not there");
        if (!is_there) return;
        expect((*session)->version >= known.version,
               known.session.text() + " lost version " + std::to_string(known.version));
        const bool was_over = domain::is_terminal(known.status);
        expect(!was_over || (*session)->status == known.status,
               known.session.text() + " was over and is not now");
    }

    std::vector<Acknowledged> all_;
};

/// A link works once, and a person has one live credential.
class ALinkLetsInOnce final : public Checker {
  public:
    explicit ALinkLetsInOnce(World& watched) : Checker("a_link_lets_in_once", watched) {}

    void committed(const Commit& commit) override {
        for (const application::UsedJoinToken& used : commit.unit.used_tokens)
            expect(used_.insert(used.jti).second, "a link was used twice");
        for (const domain::JoinTokenRecord& token : commit.unit.issued_tokens) {
            const auto before = current_.find(token.participant);
            if (before != current_.end()) replaced_.insert(before->second);
            current_.insert_or_assign(token.participant, token.jti);
        }
        for (const application::UsedJoinToken& used : commit.unit.used_tokens)
            expect(!replaced_.contains(used.jti), "a replaced link let somebody in");
    }

  private:
    std::set<std::string> used_;
    std::set<std::string> replaced_;
    std::map<domain::ParticipantId, std::string> current_;
};

}  // namespace

std::unique_ptr<Checker> no_phi_leaves(World& world) {
    return std::make_unique<NoPhiLeaves>(world);
}
std::unique_ptr<Checker> no_tenant_sees_another(World& world) {
    return std::make_unique<NoTenantSeesAnother>(world);
}
std::unique_ptr<Checker> acknowledged_is_kept(World& world) {
    return std::make_unique<AcknowledgedIsKept>(world);
}
std::unique_ptr<Checker> a_link_lets_in_once(World& world) {
    return std::make_unique<ALinkLetsInOnce>(world);
}

std::vector<std::unique_ptr<Checker>> all_checkers(World& world) {
    std::vector<std::unique_ptr<Checker>> all;
    for (auto* make : {never_active_without_consent, never_a_row_without_a_room, never_closed_by_our_outage,
                       never_two_encounters_nor_none, every_change_has_its_event_once_in_order,
                       no_tenant_sees_another, no_phi_leaves, acknowledged_is_kept, audit_chain_verifies,
                       version_counts_transitions, a_link_lets_in_once, what_is_owed_is_paid,
                       nobody_is_told_twice_or_of_what_is_off, every_event_fits_its_schema})
        all.push_back(make(world));
    return all;
}

}  // namespace vcare::simulation
