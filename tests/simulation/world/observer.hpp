// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "application/ports/unit_of_work.hpp"

namespace vcare::simulation {

/// A unit of work at the moment it became durable.
struct Commit {
    domain::TenantId tenant;
    application::UnitOfWork unit;
    domain::Instant at;
};

/// What the owner of consents said when it was asked.
struct ConsentSaid {
    domain::TenantId tenant;
    domain::PatientId patient;
    domain::Instant at;
    domain::Instant believed_at;  ///< by the clock of the service's machine
    bool granted = false;
};

/// A client was told that this is so.
struct Acknowledged {
    domain::TenantId tenant;
    domain::SessionId session;
    std::uint64_t version = 0;
    domain::SessionStatus status{};
};

/// What happens in the world, told to every checker at the moment it happens.
class Observer {
  public:
    virtual ~Observer() = default;
    virtual void committed(const Commit&) {}
    virtual void published(const domain::TenantId&, const application::OutboxEntry&) {}
    virtual void consent_said(const ConsentSaid&) {}
    virtual void room_made(const std::string& /*name*/) {}
    virtual void room_given_back(const std::string& /*name*/) {}
    virtual void encounter_made(const domain::SessionId&, const std::string& /*id*/) {}
    virtual void acknowledged(const Acknowledged&) {}
    /// A caller of `tenant` was shown this session.
    virtual void shown(const domain::TenantId& /*tenant*/, const domain::SessionData&) {}
    /// Text that left the core for a log, a metric, a broker or an error message.
    virtual void told(std::string_view /*where*/, std::string_view /*text*/) {}
    virtual void stream_opened(const domain::SessionId&, const domain::ParticipantId&) {}
    virtual void stream_closed(const domain::SessionId&, const domain::ParticipantId&) {}
    /// The clock of the service's machine was put right or wrong.
    virtual void clock_stepped() {}
    virtual void core_started() {}
    /// Killed, or standing still.
    virtual void core_away(domain::Instant /*since*/) {}
};

/// Passes everything on to all of them.
class Observers final : public Observer {
  public:
    void add(Observer* observer) { all_.push_back(observer); }

    void committed(const Commit& commit) override { each(&Observer::committed, commit); }
    void published(const domain::TenantId& tenant, const application::OutboxEntry& entry) override {
        each(&Observer::published, tenant, entry);
    }
    void consent_said(const ConsentSaid& said) override { each(&Observer::consent_said, said); }
    void room_made(const std::string& name) override { each(&Observer::room_made, name); }
    void room_given_back(const std::string& name) override { each(&Observer::room_given_back, name); }
    void encounter_made(const domain::SessionId& session, const std::string& id) override {
        each(&Observer::encounter_made, session, id);
    }
    void acknowledged(const Acknowledged& known) override { each(&Observer::acknowledged, known); }
    void shown(const domain::TenantId& tenant, const domain::SessionData& session) override {
        each(&Observer::shown, tenant, session);
    }
    void told(std::string_view where, std::string_view text) override { each(&Observer::told, where, text); }
    void stream_opened(const domain::SessionId& session, const domain::ParticipantId& who) override {
        each(&Observer::stream_opened, session, who);
    }
    void stream_closed(const domain::SessionId& session, const domain::ParticipantId& who) override {
        each(&Observer::stream_closed, session, who);
    }
    void clock_stepped() override { each(&Observer::clock_stepped); }
    void core_started() override { each(&Observer::core_started); }
    void core_away(domain::Instant since) override { each(&Observer::core_away, since); }

  private:
    template <class... Parameters, class... Arguments>
    void each(void (Observer::*tell)(Parameters...), const Arguments&... arguments) {
        for (Observer* observer : all_) (observer->*tell)(arguments...);
    }
    std::vector<Observer*> all_;
};

}  // namespace vcare::simulation
