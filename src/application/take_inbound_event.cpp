// SPDX-License-Identifier: Apache-2.0
#include "application/take_inbound_event.hpp"

#include <algorithm>

#include "application/ports/clock.hpp"
#include "application/ports/inbox_store.hpp"
#include "application/staff_authentication.hpp"
#include "application/visit_window.hpp"

namespace vcare::application {
namespace {

using domain::Appointment;
using domain::SessionData;
using domain::SessionStatus;

/// A producer's clock may be this far ahead; what claims to be from later than that counts as said now.
constexpr domain::minutes clock_tolerance{5};
constexpr std::string_view system_actor = "system:inbox";
constexpr std::string_view deceased_word = "patient_deceased";

bool is_still_to_come(const SessionData& session) {
    return session.status == SessionStatus::scheduled || session.status == SessionStatus::waiting;
}

bool was_anybody_admitted(const SessionData& session) {
    return std::ranges::any_of(session.participants,
                               [](const auto& person) { return person.admitted_at.has_value(); });
}

/// What is done about an event belongs to the trace it came with.
RequestContext request_of(const InboundHead& head) {
    RequestContext request = RequestContext::of(head.cause);
    request.request_id = head.correlation_id;
    return request;
}

std::string about_consent(domain::ConsentType type, const domain::PatientId& patient) {
    return "consent/" + std::string{to_wire(type)} + "/" + patient.text();
}

}  // namespace

/// One try at one event. Outlives every step of it.
struct TakeInboundEvent::Deciding {
    domain::TenantScope scope;
    InboundHead head;
    RequestContext request;
    UnitBuilder unit;

    [[nodiscard]] UnitOfWork& work() { return unit.unit(); }
    void note_about(std::string about) { work().inbox->about = std::move(about); }
    void note(Appointment appointment) {
        appointment.cause = request.trace;
        work().appointments.push_back(std::move(appointment));
    }
};

TakeInboundEvent::TakeInboundEvent(const Services& services)
    : services_(services), desk_(services), links_(services), withdraw_(services) {
}

Task<Result<Taken>> TakeInboundEvent::operator()(InboundEvent event) {
    const domain::Instant now = services_.clock.now();
    if (event.head.said_at > now + clock_tolerance) event.head.said_at = now;
    const auto tenant = co_await make_tenant(services_, event.head.tenant);
    if (!tenant) co_return std::unexpected{tenant.error()};
    const domain::TenantScope scope = TenantAuthority::grant(event.head.tenant).traced_by(event.head.cause);
    const auto is_taken =
        co_await services_.inbox.is_taken(scope, event.head.consumer, event.head.message_id);
    if (!is_taken) co_return std::unexpected{is_taken.error()};
    if (*is_taken) co_return Taken::repeated;

    auto once = [this, scope, event] { return try_once(scope, event); };
    auto tried = co_await try_until_settled<Taken>(std::move(once));
    auto taken = settled_or(std::move(tried), refuse_unavailable(ErrorCode::store_unavailable));
    if (taken && *taken == Taken::done) co_await after_commit(std::move(event));
    co_return taken;
}

Task<Result<std::optional<Taken>>> TakeInboundEvent::try_once(domain::TenantScope scope, InboundEvent event) {
    const InboundHead& head = event.head;
    const RequestContext request = request_of(head);
    const std::string actor = head.actor.empty() ? std::string{system_actor} : head.actor;
    Deciding now{scope, head, request, UnitBuilder{services_, request, {services_.clock.now(), actor}}};
    now.work().inbox = InboxRecord{
        .consumer = head.consumer, .message_id = head.message_id, .type = head.type, .said_at = head.said_at};
    const auto decided =
        co_await std::visit([&](const auto& told) { return decide(&now, told); }, event.body);
    if (!decided) co_return std::unexpected{decided.error()};
    const auto outcome = co_await desk_.commit(scope, now.unit.take());
    if (!outcome) co_return std::unexpected{outcome.error()};
    if (*outcome == CommitOutcome::stale) co_return std::optional<Taken>{};
    co_return *outcome == CommitOutcome::done ? Taken::done : Taken::repeated;
}

/// What is no part of the store and may be done twice.
Task<void> TakeInboundEvent::after_commit(InboundEvent event) {
    if (std::holds_alternative<ConsentRevoked>(event.body)) {
        ConsentDebtPayer payer{services_};
        static_cast<void>(co_await payer.run_once());  // what is not paid now stays a debt
    }
}

Task<Result<Appointment>> TakeInboundEvent::load_appointment(Deciding* now, domain::AppointmentId id) {
    auto known = co_await services_.inbox.find_appointment(now->scope, id);
    if (!known) co_return std::unexpected{known.error()};
    if (*known) co_return **std::move(known);
    Appointment appointment{.id = id, .heard_at = now->unit.occasion().at};
    // Staff may have booked it before its events came.
    const auto booked = co_await services_.sessions.find_session_for(now->scope, id);
    if (!booked) co_return std::unexpected{booked.error()};
    if (*booked) appointment.book((*booked)->id);
    co_return appointment;
}

Task<Result<void>> TakeInboundEvent::decide(Deciding* now, AppointmentScheduled told) {
    if (!told.is_virtual) co_return Result<void>{};
    auto appointment = co_await load_appointment(now, told.appointment);
    if (!appointment) co_return std::unexpected{appointment.error()};
    appointment->schedule(told.people, told.time, now->head.said_at, now->unit.occasion().at);
    now->unit.audit("appointment.schedule", appointment->session, told.people.patient);
    now->note(*appointment);
    co_return co_await move_session(now, *std::move(appointment));
}

Task<Result<void>> TakeInboundEvent::decide(Deciding* now, AppointmentRescheduled told) {
    auto appointment = co_await load_appointment(now, told.appointment);
    if (!appointment) co_return std::unexpected{appointment.error()};
    const bool is_newest =
        appointment->move(told.time, told.provider, now->head.said_at, now->unit.occasion().at);
    if (!is_newest) co_return Result<void>{};
    now->unit.audit("appointment.move", appointment->session);
    now->note(*appointment);
    co_return co_await move_session(now, *std::move(appointment));
}

Task<Result<void>> TakeInboundEvent::decide(Deciding* now, AppointmentCancelled told) {
    return close(
        now, std::move(told.appointment),
        {.word = "cancelled", .action = "appointment.cancel", .session_reason = "appointment_cancelled"});
}

Task<Result<void>> TakeInboundEvent::decide(Deciding* now, AppointmentMissed told) {
    return close(now, std::move(told.appointment),
                 {.word = "no_show",
                  .action = "appointment.miss",
                  .session_reason = "no_show_patient",
                  .only_if_nobody_was_admitted = true});
}

Task<Result<void>> TakeInboundEvent::close(Deciding* now, domain::AppointmentId id, Closing closing) {
    auto appointment = co_await load_appointment(now, std::move(id));
    if (!appointment) co_return std::unexpected{appointment.error()};
    if (!appointment->close(std::move(closing.word), now->head.said_at)) co_return Result<void>{};
    now->unit.audit(std::move(closing.action), appointment->session);
    now->note(*appointment);
    co_return co_await close_session(now, *std::move(appointment), std::move(closing.session_reason),
                                     closing.only_if_nobody_was_admitted);
}

/// The session follows its appointment for as long as it has not begun. A time that is over already, or is
/// none, moves nothing.
Task<Result<void>> TakeInboundEvent::move_session(Deciding* now, Appointment appointment) {
    if (appointment.state != domain::AppointmentState::booked || !appointment.session || !appointment.time)
        co_return Result<void>{};
    auto loaded = co_await desk_.load(now->scope, *appointment.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    domain::Session& session = loaded->session;
    const domain::Instant start = appointment.time->start;
    const auto end = check_window(start, appointment.time->end, loaded->config, now->unit.occasion().at);
    const bool is_there =
        end && start == session.data().scheduled_start && *end == session.data().scheduled_end;
    if (!end || is_there || !is_still_to_come(session.data())) co_return Result<void>{};

    if (const auto moved = session.reschedule(start, *end, now->unit.occasion()); !moved) co_return moved;
    const SessionData after = session.data();
    auto tokens = co_await links_.make_for_all(now->scope, after, loaded->config);
    if (!tokens) co_return std::unexpected{tokens.error()};
    now->work().issued_tokens = *std::move(tokens);
    now->unit.add(session, loaded->config);
    now->unit.audit("session.reschedule", after.id, after.patient);
    co_return Result<void>{};
}

Task<Result<void>> TakeInboundEvent::close_session(Deciding* now, Appointment appointment, std::string reason,
                                                   bool only_if_nobody_was_admitted) {
    if (!appointment.session) co_return Result<void>{};
    auto loaded = co_await desk_.load(now->scope, *appointment.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    domain::Session& session = loaded->session;
    const bool is_too_late = only_if_nobody_was_admitted && was_anybody_admitted(session.data());
    if (!is_still_to_come(session.data()) || is_too_late) co_return Result<void>{};
    if (const auto cancelled = session.cancel(std::move(reason), now->unit.occasion()); !cancelled)
        co_return cancelled;
    now->unit.add(session, loaded->config);
    now->unit.audit("session.cancel", session.data().id, session.data().patient);
    co_return Result<void>{};
}

Task<Result<TakeInboundEvent::OpenVisits>> TakeInboundEvent::load_open_of(Deciding* now,
                                                                          domain::PatientId patient) {
    auto config = co_await services_.tenants.load_config(now->scope);
    if (!config) co_return std::unexpected{config.error()};
    auto sessions = co_await services_.sessions.open_sessions_of(now->scope, std::move(patient));
    if (!sessions) co_return std::unexpected{sessions.error()};
    co_return OpenVisits{.config = *std::move(config), .sessions = *std::move(sessions)};
}

Task<Result<bool>> TakeInboundEvent::is_newest(Deciding* now, std::string about) {
    now->note_about(about);
    const auto newest = co_await services_.inbox.newest_about(now->scope, std::move(about));
    if (!newest) co_return std::unexpected{newest.error()};
    co_return !*newest || now->head.said_at >= **newest;
}

Task<Result<void>> TakeInboundEvent::decide(Deciding* now, ConsentRevoked told) {
    const auto newest = co_await is_newest(now, about_consent(told.type, told.patient));
    if (!newest) co_return std::unexpected{newest.error()};
    const auto here = co_await services_.consents.standing(now->scope, told.patient, told.type);
    if (!here) co_return std::unexpected{here.error()};
    const bool was_granted_since = here->newest && here->newest->status == domain::ConsentStatus::granted &&
                                   here->newest->at > now->head.said_at;
    if (!*newest || was_granted_since) co_return Result<void>{};
    // An owner elsewhere knows it already: there is nobody left to tell.
    const auto withdrawn =
        co_await withdraw_.add_to(&now->unit, {.scope = now->scope,
                                               .request = now->request,
                                               .actor = now->unit.occasion().actor,
                                               .patient = told.patient,
                                               .type = told.type,
                                               .text_version = "unknown",
                                               .owner_knows = !services_.consent_service.is_embedded()});
    if (!withdrawn) co_return std::unexpected{withdrawn.error()};
    co_return Result<void>{};
}

Task<Result<void>> TakeInboundEvent::decide(Deciding* now, ConsentGranted told) {
    const auto newest = co_await is_newest(now, about_consent(told.type, told.patient));
    if (!newest) co_return std::unexpected{newest.error()};
    if (!*newest) co_return Result<void>{};
    if (services_.consent_service.is_embedded()) {
        IdMaker ids{services_.clock, services_.randomness};
        ConsentDesk::Granted granted{.record = {.id = ids.next<domain::ConsentId>(),
                                                .tenant = now->scope.tenant(),
                                                .patient = told.patient,
                                                .type = told.type,
                                                .status = domain::ConsentStatus::granted,
                                                .granted_by = told.patient.text(),
                                                .capacity = domain::ConsentCapacity::self,
                                                .method = domain::ConsentMethod::imported,
                                                .text_version = "imported",
                                                .language = "en",
                                                .at = now->head.said_at},
                                     .kept = ConsentService::Kept::with_the_unit};
        granted.add_to(now->unit);
    } else {
        now->work().appointments_to_try.push_back(told.patient);
    }
    now->unit.audit("consent.grant", std::nullopt, told.patient);
    if (told.type != domain::ConsentType::telehealth) co_return Result<void>{};
    const auto open = co_await load_open_of(now, told.patient);
    if (!open) co_return std::unexpected{open.error()};
    for (const SessionData& data : open->sessions) {
        domain::Session session = domain::Session::restore(data);
        const auto noted = session.grant_consent(now->unit.occasion());
        if (noted && session.data().version != data.version) now->unit.add(session, open->config.config);
    }
    co_return Result<void>{};
}

Task<Result<void>> TakeInboundEvent::decide(Deciding* now, UserBarred told) {
    const auto config = co_await services_.tenants.load_config(now->scope);
    if (!config) co_return std::unexpected{config.error()};
    now->work().barred = domain::BarredUser{.tenant = now->head.tenant,
                                            .user = told.user,
                                            .session = told.session,
                                            .barred_at = now->head.said_at};
    const auto open = co_await services_.sessions.open_sessions_with(now->scope, told.user);
    if (!open) co_return std::unexpected{open.error()};
    for (const SessionData& data : *open) {
        domain::Session session = domain::Session::restore(data);
        for (const domain::Participant& person : data.participants) {
            if (person.user_id == told.user) now->work().voided_credentials.push_back(person.id);
        }
        if (const auto barred = session.bar_user(told.user, told.reason, now->unit.occasion()); !barred)
            co_return barred;
        now->unit.add(session, config->config);
        now->unit.audit("participant.remove", data.id, data.patient);
    }
    co_return Result<void>{};
}

Task<Result<void>> TakeInboundEvent::decide(Deciding* now, VitalStatusChanged told) {
    const auto newest = co_await is_newest(now, "vital_status/" + told.patient.text());
    if (!newest) co_return std::unexpected{newest.error()};
    if (!*newest || !told.is_deceased) co_return Result<void>{};
    const auto open = co_await load_open_of(now, told.patient);
    if (!open) co_return std::unexpected{open.error()};
    for (const SessionData& data : open->sessions) {
        if (!is_still_to_come(data)) continue;
        domain::Session session = domain::Session::restore(data);
        const auto cancelled = session.cancel(std::string{deceased_word}, now->unit.occasion());
        if (!cancelled) co_return cancelled;
        now->unit.add(session, open->config.config);
        now->unit.audit("session.cancel", data.id, data.patient);
    }
    auto waiting = co_await services_.inbox.waiting_appointments_of(now->scope, told.patient);
    if (!waiting) co_return std::unexpected{waiting.error()};
    for (Appointment& appointment : *waiting) {
        const domain::Instant last_word = appointment.time_said_at.value_or(now->head.said_at);
        static_cast<void>(
            appointment.close(std::string{deceased_word}, std::max(now->head.said_at, last_word)));
        now->note(std::move(appointment));
    }
    co_return Result<void>{};
}

Task<Result<void>> TakeInboundEvent::decide(Deciding* now, ThreadCreated told) {
    auto loaded = co_await desk_.load(now->scope, told.session);
    const bool is_of_somebody_else = !loaded && loaded.error().code == ErrorCode::session_not_found;
    if (is_of_somebody_else) co_return Result<void>{};
    if (!loaded) co_return std::unexpected{loaded.error()};
    domain::Session& session = loaded->session;
    if (session.data().messaging_thread_id == told.thread) co_return Result<void>{};
    if (const auto kept = session.keep_thread(told.thread, now->unit.occasion()); !kept) co_return kept;
    now->unit.add(session, loaded->config);
    now->unit.audit("session.keep_thread", session.data().id, session.data().patient);
    co_return Result<void>{};
}

Task<Result<void>> TakeInboundEvent::decide(Deciding* now, PatientMerged told) {
    const auto open = co_await load_open_of(now, told.from);
    if (!open) co_return std::unexpected{open.error()};
    for (const SessionData& data : open->sessions) {
        domain::Session session = domain::Session::restore(data);
        if (const auto merged = session.merge_patient(told.into, now->unit.occasion()); !merged)
            co_return merged;
        now->unit.add(session, open->config.config);
        now->unit.audit("session.merge_patient", data.id, told.into);
    }
    auto waiting = co_await services_.inbox.waiting_appointments_of(now->scope, told.from);
    if (!waiting) co_return std::unexpected{waiting.error()};
    for (Appointment& appointment : *waiting) {
        appointment.people->patient = told.into;
        appointment.due = now->unit.occasion().at;
        now->note(std::move(appointment));
    }
    co_return Result<void>{};
}

Task<Result<void>> TakeInboundEvent::decide(Deciding* now, EntitlementChanged told) {
    if (!told.is_ours) co_return Result<void>{};
    const auto newest = co_await is_newest(now, told.node ? "licence/" + told.node->text() : "licence");
    if (!newest) co_return std::unexpected{newest.error()};
    if (!*newest) co_return Result<void>{};
    now->work().licence =
        LicenceWrite{.node = told.node, .licensed = told.licensed, .said_at = now->head.said_at};
    const std::string whose = told.node ? "facility" : "tenant";
    now->unit.audit(whose + (told.licensed ? ".license" : ".unlicense"), std::nullopt);
    co_return Result<void>{};
}

}  // namespace vcare::application
