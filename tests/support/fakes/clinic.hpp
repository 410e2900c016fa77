// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>
#include <optional>

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "adapters/keys/cryptography.hpp"
#include "adapters/store/migrate.hpp"
#include "adapters/store/sqlite_database.hpp"
#include "adapters/store/stores.hpp"
#include "application/admit_participant.hpp"
#include "application/create_session.hpp"
#include "application/issue_join_token.hpp"
#include "application/join_as_staff.hpp"
#include "application/join_visit.hpp"
#include "application/ports/cryptography.hpp"
#include "application/staff_authentication.hpp"
#include "application/visit_authentication.hpp"
#include "domain/check.hpp"
#include "support/builders/session_builder.hpp"
#include "support/event_schema_checker.hpp"
#include "support/fakes/fakes.hpp"

namespace vcare::testing {

/// The store's own SQLite in memory, which a test can break at any one of its steps.
class BreakableDatabase final : public store::Database {
  public:
    BreakableDatabase() {
        std::string why;
        auto connection =
            store::SqliteConnection::open(":memory:", store::SqliteConnection::Access::create, why);
        VCARE_CHECK(connection != nullptr, "memory can always be opened");
        store::migrate(*connection);
        handle_ = connection->handle();
        inner_ = store::make_inline_database(std::move(connection));
    }

    /// The step after `successes` more fails; the ones after it work again.
    void fail_after(unsigned successes) { left_ = successes; }
    void heal() { left_.reset(); }
    [[nodiscard]] bool has_failed() const { return failed_; }
    /// Runs SQL behind the store's back.
    void tamper(const std::string& sql) {
        const int result = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
        VCARE_CHECK(result == SQLITE_OK, "a test writes SQL that can be run");
    }
    /// Reads and writes so far. On PostgreSQL each is a round trip.
    [[nodiscard]] unsigned asked() const { return asked_; }

    Task<void> perform_read(store::Job* job) override {
        if (!fails(job)) co_await inner_->perform_read(job);
    }
    Task<void> perform_write(store::Job* job) override {
        if (!fails(job)) co_await inner_->perform_write(job);
    }
    Result<void> backup_to(std::string path) override { return inner_->backup_to(std::move(path)); }
    void close() override { inner_->close(); }

  private:
    bool fails(store::Job* job) {
        ++asked_;
        if (!left_) return false;
        if (*left_ > 0) {
            --*left_;
            return false;
        }
        left_.reset();
        failed_ = true;
        job->fail(store::Failure::overloaded);
        return true;
    }

    std::unique_ptr<store::Database> inner_;
    sqlite3* handle_ = nullptr;
    std::optional<unsigned> left_;
    bool failed_ = false;
    unsigned asked_ = 0;
};

/// A commit that a test can lose the answer of, or put something before. Every event in it is held against
/// its schema.
class WatchedUnits final : public application::UnitOfWorkRunner {
  public:
    explicit WatchedUnits(store::Database* database) : units_(store::make_unit_runner(database, {})) {}
    std::function<void()> before_next = {};  ///< somebody else is quicker
    bool loses_the_answer = false;
    std::vector<application::UnitOfWork> written;

    Task<Result<application::CommitOutcome>> commit(domain::TenantScope scope,
                                                    application::UnitOfWork unit) override {
        if (auto quicker = std::exchange(before_next, {})) quicker();
        application::UnitOfWork copy = unit;
        for (const application::OutboxEntry& entry : unit.outbox)
            EXPECT_THAT(support::problems_of_event(entry.event), ::testing::IsEmpty());
        auto outcome = co_await units_->commit(std::move(scope), std::move(unit));
        if (outcome && *outcome == application::CommitOutcome::done) written.push_back(std::move(copy));
        if (loses_the_answer) co_return away(ErrorCode::store_unavailable);
        co_return outcome;
    }

  private:
    std::unique_ptr<application::UnitOfWorkRunner> units_;
};

/// A clinic with everything a use case needs: the real store in memory, and fakes of the services around.
/// It is 08:55 on the day of the visit at 09:00.
class Clinic {
  public:
    FakeClock clock{nine_o_clock - minutes{5}};
    CountingRandomness randomness;
    BreakableDatabase database;
    WatchedUnits units{&database};
    std::unique_ptr<application::SessionStore> sessions = store::make_session_store(&database);
    std::unique_ptr<application::CredentialStore> credentials = store::make_credential_store(&database);
    std::unique_ptr<application::TenantStore> tenants = store::make_tenant_store(&database);
    std::unique_ptr<application::ConsentStore> consent_store = store::make_consent_store(&database);
    std::unique_ptr<application::AuditStore> audit = store::make_audit_store(&database);
    std::unique_ptr<application::PresenceStore> presence = store::make_presence_store(&database);
    std::unique_ptr<application::WorkQueues> queues = store::make_work_queues(&database);
    std::unique_ptr<application::InboxStore> inbox = store::make_inbox_store(&database);
    std::unique_ptr<application::EventLog> event_log = store::make_event_log(&database);
    FakeBroker broker;
    FakeLiveBus live;
    FakeConsents consents;
    FakeVideo video;
    FakeKeys keys;
    std::unique_ptr<application::Cryptography> cryptography = keys::make_cryptography();
    FakeBearers bearers;
    FakeRecord record;
    FakeLicences licences;
    FakeTelemetry telemetry;
    application::Services services{.clock = clock,
                                   .randomness = randomness,
                                   .units = units,
                                   .sessions = *sessions,
                                   .credentials = *credentials,
                                   .tenants = *tenants,
                                   .consents = *consent_store,
                                   .audit = *audit,
                                   .presence = *presence,
                                   .queues = *queues,
                                   .inbox = *inbox,
                                   .event_log = *event_log,
                                   .broker = broker,
                                   .live = live,
                                   .consent_service = consents,
                                   .video = video,
                                   .keys = keys,
                                   .cryptography = *cryptography,
                                   .bearers = bearers,
                                   .fhir = record,
                                   .licensing = licences,
                                   .telemetry = telemetry};

    Clinic() { consents.granted.insert(the_patient_id().text()); }

    /// Runs a task to its end; nothing here ever really waits.
    template <class T>
    T run(Task<T> task) {
        std::optional<T> result;
        boost::asio::io_context io{1};
        boost::asio::co_spawn(io, keep(std::move(task), &result), rethrow);
        io.run();
        VCARE_CHECK(result.has_value(), "no fake waits for anything");
        return std::move(*result);
    }

    /// Somebody of this clinic with these roles and all the scopes they may have, by their bearer.
    application::StaffContext staff(EnumSet<StaffRole> roles, std::string user = "doctor",
                                    TenantId tenant = this_clinic()) {
        Caller caller{.user = a_user(user), .tenant = tenant, .roles = roles, .name = "PHI-NAME"};
        for (const Permission& row : permissions()) {
            for (const StaffRole role : roles) {
                if (role_may(role, row.scope)) caller.scopes.insert(row.scope);
            }
        }
        bearers.callers.insert_or_assign(user, std::move(caller));
        application::StaffAuthentication authenticate{services};
        return run(authenticate(user, {.trace_id = "trace-1"})).value().context;
    }
    application::StaffContext doctor() { return staff({StaffRole::clinician}); }

    void configure(const std::function<void(TenantConfig&)>& change) {
        const auto scope = doctor().scope;
        auto config = run(tenants->load_config(scope)).value();
        change(config.config);
        config.version += 1;
        const auto outcome = run(units.commit(scope, {.tenant_config = config, .at = clock.now()}));
        VCARE_CHECK(outcome.has_value(), "a configuration of a test can be written");
    }

    /// A visit at nine: the doctor, the patient and an interpreter linked to the patient.
    SessionData a_visit() {
        application::CreateSession create{services};
        return run(create(doctor(), an_order(), {})).value();
    }
    static application::CreateSession::Command an_order() {
        return {.patient = the_patient_id(),
                .scheduled_start = nine_o_clock,
                .participants =
                    {{{.role = Role::provider, .user = a_user("doctor"), .display_name = phi("DOCTOR")},
                      {.role = Role::patient,
                       .user = a_user("patient-1"),
                       .display_name = phi("PATIENT"),
                       .contact = {.email = phi("MAIL")}},
                      {.role = Role::interpreter,
                       .display_name = phi("INTERPRETER"),
                       .linked_to_patient = true}}},
                .reason_for_visit = phi("REASON")};
    }

    SessionData session(const SessionId& id) {
        return run(sessions->find_session(doctor().scope, id)).value().value();
    }
    static ParticipantId seat(const SessionData& session, Role role) {
        return std::ranges::find(session.participants, role, &Participant::role)->id;
    }

    /// A link's code.
    std::string a_link(const SessionData& session, Role role) {
        application::IssueJoinToken issue{services};
        return run(issue(doctor(), {.session = session.id, .participant = seat(session, role)}, {}))
            .value()
            .link.code;
    }
    application::LinkHolder holder(const std::string& code) {
        application::LinkAuthentication authenticate{services};
        return run(authenticate(code, {})).value();
    }
    /// Comes in by a fresh link; the credential.
    std::string comes_in(const SessionData& session, Role role) {
        application::JoinVisit join{services};
        return run(join(holder(a_link(session, role)), {}, {})).value().credential;
    }
    std::string doctor_comes_in(const SessionData& session) {
        application::JoinAsStaff join{services};
        return run(join(doctor(), {.session = session.id, .participant = seat(session, Role::provider)}, {}))
            .value()
            .credential;
    }
    application::VisitContext visit(const std::string& credential) {
        application::VisitAuthentication authenticate{services};
        return run(authenticate.live(credential, {})).value();
    }
    SessionData admit(const SessionData& session, Role role) {
        application::AdmitParticipant admit{services};
        const auto version = this->session(session.id).version;
        return run(admit(doctor(),
                         {.session = session.id, .participant = seat(session, role), .version = version}, {}))
            .value();
    }
    /// Everybody is in and talks.
    struct Running {
        SessionData session;
        std::string doctor;
        std::string patient;
        std::string interpreter;
    };
    Running a_running_visit() {
        SessionData made = a_visit();
        Running running{made, doctor_comes_in(made), comes_in(made, Role::patient),
                        comes_in(made, Role::interpreter)};
        admit(made, Role::interpreter);
        running.session = admit(made, Role::patient);
        return running;
    }

  private:
    template <class T>
    static Task<void> keep(Task<T> task, std::optional<T>* out) {
        out->emplace(co_await std::move(task));
    }
    static void rethrow(std::exception_ptr problem) {
        if (problem) std::rethrow_exception(problem);
    }
};

/// The code a use case refused with; fails the test when it did not refuse.
template <class T>
ErrorCode refusal_of(const Result<T>& result) {
    if (!result) return result.error().code;
    ADD_FAILURE() << "it was not refused";
    return ErrorCode::internal_error;
}

/// Calls `act` on one clinic after another that `prepare` made, each with another step of its store failing,
/// until none fails any more. What failed must be said as `store_unavailable`, or not have mattered.
template <class Prepare, class Act>
void for_each_failing_step(Prepare prepare, Act act) {
    unsigned step = 0;
    for (bool failed = true; failed && step < 200; ++step) {
        Clinic clinic;
        auto ready = prepare(clinic);
        clinic.database.fail_after(step);
        const auto result = act(clinic, ready);
        clinic.database.heal();
        failed = clinic.database.has_failed();
        if (result) continue;
        EXPECT_EQ(result.error().code, ErrorCode::store_unavailable) << "step " << step;
    }
    EXPECT_GT(step, 1U) << "the store was never asked";
}

}  // namespace vcare::testing
