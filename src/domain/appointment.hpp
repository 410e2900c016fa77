// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/ids.hpp"
#include "domain/trace.hpp"
#include "domain/wire_words.hpp"

namespace vcare::domain {

enum class AppointmentState : std::uint8_t {
    incomplete,  ///< only its move was heard of; who comes is still to be told
    waiting,     ///< there will be a visit for it, as soon as it has what `waits_for` names
    booked,      ///< it has its session
    closed,      ///< cancelled, missed or over: there will be no visit any more
};
constexpr WireWords<AppointmentState, 4> words_of(AppointmentState) {
    return {{{AppointmentState::incomplete, "incomplete"},
             {AppointmentState::waiting, "waiting"},
             {AppointmentState::booked, "booked"},
             {AppointmentState::closed, "closed"}}};
}

enum class WaitsFor : std::uint8_t {
    booking,   ///< nothing: it is about to be booked
    provider,  ///< it names nobody who provides
    consent,   ///< the patient has no telehealth consent
    licence,   ///< the tenant (or facility) has no licence
    service,   ///< the store, the video backend or the consent service could not answer
};
constexpr WireWords<WaitsFor, 5> words_of(WaitsFor) {
    return {{{WaitsFor::booking, "booking"},
             {WaitsFor::provider, "provider"},
             {WaitsFor::consent, "consent"},
             {WaitsFor::licence, "licence"},
             {WaitsFor::service, "service"}}};
}

/// When an appointment is, as its owner says.
struct AppointmentTime {
    Instant start;
    std::optional<Instant> end = {};  ///< absent: the tenant's usual duration
};

/// What an appointment needs beside its time to become a visit.
struct AppointmentPeople {
    PatientId patient;
    std::optional<UserId> provider = {};
    std::optional<NodeId> node = {};
    std::optional<std::string> language = {};
};

/// What is known here of an appointment that another service owns. Its events come in any order and more than
/// once: of two words about its time the one said later counts, and a cancellation counts against everything
/// that was not said after it. So there is at most one session for it, whatever is delivered when.
struct Appointment {
    AppointmentId id;
    AppointmentState state = AppointmentState::incomplete;
    WaitsFor waits_for = WaitsFor::booking;
    std::optional<AppointmentPeople> people = {};
    std::optional<AppointmentTime> time = {};
    std::optional<Instant> time_said_at = {};
    std::optional<Instant> closed_said_at = {};
    std::string closed_reason = {};
    std::optional<SessionId> session = {};
    Instant heard_at;                 ///< when its first event came
    std::optional<Instant> due = {};  ///< when to try to book it next; absent: never
    unsigned attempts = 0;            ///< in a row that failed on a service
    std::uint64_t version = 0;        ///< as it is stored; 0: not yet
    TraceContext cause = {};          ///< of the newest event that changed it

    /// It was made, or made known again.
    void schedule(AppointmentPeople who, AppointmentTime when, Instant said_at, Instant now);
    /// False when a later word is known already, and nothing was changed.
    bool move(AppointmentTime when, std::optional<UserId> provider, Instant said_at, Instant now);
    /// False when it was made or moved after that.
    bool close(std::string reason, Instant said_at);

    void book(SessionId made);
    void put_off(WaitsFor what, std::optional<Instant> until);

  private:
    bool take_time(AppointmentTime when, Instant said_at);
    void go_on(Instant now);
};

}  // namespace vcare::domain
