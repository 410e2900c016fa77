// SPDX-License-Identifier: Apache-2.0
#include "application/book_appointments.hpp"

#include <algorithm>

#include "application/ports/clock.hpp"
#include "application/ports/randomness.hpp"
#include "application/retry_delay.hpp"
#include "application/span.hpp"

namespace vcare::application {
namespace {

using domain::Appointment;
using domain::Role;
using domain::WaitsFor;

constexpr std::string_view actor = "system:appointments";

std::vector<CreateSession::Person> people_of(const domain::AppointmentPeople& named) {
    CreateSession::Person provider{.role = Role::provider, .user = named.provider};
    CreateSession::Person patient{.role = Role::patient,
                                  .user = domain::UserId::parse(named.patient.text()),
                                  .language = named.language};
    return {std::move(provider), std::move(patient)};
}

WaitsFor what_lacks(const Error& problem) {
    if (problem.code == ErrorCode::consent_required) return WaitsFor::consent;
    if (problem.code == ErrorCode::module_not_licensed) return WaitsFor::licence;
    return WaitsFor::service;
}

}  // namespace

Task<Result<Round>> BookAppointments::run_once() {
    const domain::Instant now = services_.clock.now();
    auto due = co_await services_.inbox.claim_appointments(now, now + lease, batch);
    if (!due) co_return std::unexpected{due.error()};
    const bool was_full = due->size() == batch;
    for (DueAppointment& appointment : *due) co_await book_or_put_off(std::move(appointment));
    co_return was_full ? Round::more : Round::idle;
}

Task<void> BookAppointments::book_or_put_off(DueAppointment due) {
    const Appointment& appointment = due.appointment;
    if (appointment.state != domain::AppointmentState::waiting || !appointment.people) co_return;
    const domain::TenantScope& scope = due.item.scope();
    Span span{services_.telemetry, scope.trace(), SpanKind::internal, "book appointment"};
    due.item = QueueItem{scope.tenant(), span.context()};
    const auto booked = co_await book(due);
    if (!booked) {
        span.fail();
        co_return co_await put_off(std::move(due), booked.error());
    }
    services_.telemetry.log(Severity::info, "appointment.booked", {{"session", booked->id.text()}});
}

Task<Result<domain::SessionData>> BookAppointments::book(DueAppointment due) {
    const domain::TenantScope& scope = due.item.scope();
    const Appointment& appointment = due.appointment;
    const domain::AppointmentPeople named = *appointment.people;
    const auto found = co_await services_.sessions.find_session_for(scope, appointment.id);
    if (!found) co_return std::unexpected{found.error()};
    if (*found) {
        // Staff were quicker.
        UnitBuilder unit{
            services_, RequestContext::of(scope.trace()), {services_.clock.now(), std::string{actor}}};
        Appointment known = appointment;
        known.book((*found)->id);
        unit.unit().appointments.push_back(std::move(known));
        const auto noted = co_await services_.units.commit(scope, unit.take());
        if (!noted) co_return std::unexpected{noted.error()};
        co_return **found;
    }
    const bool is_nameless = !named.provider || !appointment.time;
    if (is_nameless) co_return domain::refuse_field("/participants", "must name a provider");
    CreateSession::Order order{
        .scope = scope,
        .request = RequestContext::of(scope.trace()),
        .initiator = domain::UserId::parse(actor).value(),
        .command = {.patient = named.patient,
                    .scheduled_start = appointment.time->start,
                    .scheduled_end = appointment.time->end,
                    .appointment = appointment.id,
                    .node = named.node,
                    .language = named.language},
        .people = [named]() -> Result<std::vector<CreateSession::Person>> { return people_of(named); },
        .also =
            [appointment](UnitBuilder& unit, const domain::SessionData& made) {
                Appointment booked = appointment;
                booked.book(made.id);
                unit.unit().appointments.push_back(std::move(booked));
            }};
    co_return co_await create_.book(std::move(order));
}

/// Waits for what it lacks, and looks again by itself where nobody may tell. Its time being over is looked at
/// here too: nobody else does.
Task<void> BookAppointments::put_off(DueAppointment due, Error problem) {
    const domain::Instant now = services_.clock.now();
    Appointment appointment = std::move(due.appointment);
    const bool lacks_provider = !appointment.people->provider;
    const bool is_too_late = problem.code == ErrorCode::validation_error && !lacks_provider;
    const domain::Instant over = appointment.time ? appointment.time->start + domain::hours{24} : now;
    if (is_too_late || (lacks_provider && over <= now)) {
        appointment.close("too_late", std::max(now, appointment.time_said_at.value_or(now)));
    } else if (lacks_provider) {
        appointment.put_off(WaitsFor::provider, over);
    } else if (const WaitsFor what = what_lacks(problem); what == WaitsFor::service) {
        std::uint32_t random = 0;
        services_.randomness.fill(std::as_writable_bytes(std::span{&random, 1}));
        appointment.put_off(what, now + retry_delay(appointment.attempts, random, std::nullopt));
    } else {
        appointment.put_off(what, now + asks_again_after);
    }
    services_.telemetry.log(Severity::info, "appointment.waits",
                            {{"waits_for", std::string{to_wire(appointment.waits_for)}},
                             {"state", std::string{to_wire(appointment.state)}},
                             {"code", std::string{domain::info_of(problem.code).wire}}});
    const domain::TenantScope& scope = due.item.scope();
    UnitBuilder unit{services_, RequestContext::of(scope.trace()), {now, std::string{actor}}};
    unit.unit().appointments.push_back(std::move(appointment));
    // A move or a cancellation that came meanwhile stands; when the store is away, the lease runs out.
    static_cast<void>(co_await services_.units.commit(scope, unit.take()));
}

}  // namespace vcare::application
