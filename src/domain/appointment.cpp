// SPDX-License-Identifier: Apache-2.0
#include "domain/appointment.hpp"

#include <utility>

namespace vcare::domain {

void Appointment::schedule(AppointmentPeople who, AppointmentTime when, Instant said_at, Instant now) {
    const bool is_newest = take_time(when, said_at);
    if (!people) {
        // A move that came first may have named who provides.
        people = std::move(who);
    } else if (is_newest) {
        if (!who.provider) who.provider = people->provider;
        people = std::move(who);
    }
    const bool was_closed_before = closed_said_at && said_at > *closed_said_at && !session;
    if (was_closed_before) {
        closed_said_at.reset();
        closed_reason.clear();
        state = AppointmentState::incomplete;
    }
    go_on(now);
}

bool Appointment::move(AppointmentTime when, std::optional<UserId> provider, Instant said_at, Instant now) {
    if (!take_time(when, said_at)) return false;
    if (provider && people) people->provider = std::move(provider);
    go_on(now);
    return true;
}

bool Appointment::close(std::string reason, Instant said_at) {
    if (state == AppointmentState::closed) return true;
    if (time_said_at && *time_said_at > said_at) return false;
    state = AppointmentState::closed;
    closed_said_at = said_at;
    closed_reason = std::move(reason);
    due.reset();
    return true;
}

void Appointment::book(SessionId made) {
    state = AppointmentState::booked;
    session = std::move(made);
    due.reset();
    attempts = 0;
}

void Appointment::put_off(WaitsFor what, std::optional<Instant> until) {
    waits_for = what;
    due = until;
    attempts = what == WaitsFor::service ? attempts + 1 : 0;
}

bool Appointment::take_time(AppointmentTime when, Instant said_at) {
    if (time_said_at && *time_said_at > said_at) return false;
    time = when;
    time_said_at = said_at;
    return true;
}

/// What could be booked now, or waits, is looked at again.
void Appointment::go_on(Instant now) {
    const bool is_open = state == AppointmentState::incomplete || state == AppointmentState::waiting;
    if (!is_open || !people || !time) return;
    state = AppointmentState::waiting;
    waits_for = people->provider ? WaitsFor::booking : WaitsFor::provider;
    due = now;
    attempts = 0;
}

}  // namespace vcare::domain
