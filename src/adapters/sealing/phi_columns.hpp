// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include "application/ports/session_store.hpp"
#include "application/ports/unit_of_work.hpp"

/// Every column that holds PHI, once, for both ways: `each(column, row, value)` is called for each of a
/// record's, to be changed in place. What is not named here is stored as it is. The whereabouts of a visit
/// have a table of their own kind and are sealed by those who give and read them.
namespace vcare::sealing {

/// The lines of one session.
struct Timeline {
    domain::SessionId session;
    std::vector<domain::TimelineItem> lines;
};

/// A document of the embedded FHIR keeper.
struct KeptEncounter {
    std::string id;
    std::string json;
};

/// Those who read a line do not learn its number, so it is bound to all else that it says.
[[nodiscard]] inline std::string row_of(const domain::SessionId& session, const domain::TimelineItem& line) {
    const std::string who =
        line.participant ? fmt::format("{}.{}", line.participant->text(), line.step) : std::string{};
    return fmt::format("{}/{}/{}/{}/{}", session.text(), who, line.type, domain::to_unix_ms(line.at),
                       line.actor);
}

template <class Each>
void each_phi(domain::Participant& person, const Each& each) {
    const std::string& row = person.id.text();
    each("participants.display_name", row, person.display_name);
    each("participants.email", row, person.contact.email);
    each("participants.phone", row, person.contact.phone);
    each("participants.removed_reason", row, person.removed_reason);
}

template <class Each>
void each_phi(domain::SessionData& session, const Each& each) {
    const std::string& row = session.id.text();
    each("sessions.reason_for_visit", row, session.reason_for_visit);
    each("sessions.cancel_reason", row, session.cancel_reason);
    each("sessions.end_reason", row, session.end_reason);
    each("sessions.failure_reason", row, session.failure_reason);
    for (domain::Participant& person : session.participants) each_phi(person, each);
}

template <class Each>
void each_phi_of_lines(const domain::SessionId& session, std::vector<domain::TimelineItem>& lines,
                       const Each& each) {
    for (domain::TimelineItem& line : lines) {
        if (line.detail) each("transitions.detail", row_of(session, line), line.detail);
    }
}

template <class Each>
void each_phi(Timeline& timeline, const Each& each) {
    each_phi_of_lines(timeline.session, timeline.lines, each);
}

template <class Each>
void each_phi(application::FeedbackRecord& feedback, const Each& each) {
    each("feedback.comment", feedback.participant.text(), feedback.comment);
}

/// The fingerprint too: it is a hash of what was sent, and names are guessed quickly.
template <class Each>
void each_phi(application::KeptAnswerRecord& kept, const Each& each) {
    const std::string row = fmt::format("{}/{}", kept.key.caller, kept.key.key);
    each("kept_answers.fingerprint", row, kept.key.fingerprint);
    each("kept_answers.body", row, kept.answer.body);
}

template <class Each>
void each_phi(KeptEncounter& kept, const Each& each) {
    each("kept_encounters.document", kept.id, kept.json);
}

template <class Each>
void each_phi(application::UnitOfWork& unit, const Each& each) {
    for (application::SessionWrite& write : unit.sessions) {
        each_phi(write.after, each);
        each_phi_of_lines(write.after.id, write.change.timeline, each);
    }
    for (application::FeedbackRecord& feedback : unit.feedback) each_phi(feedback, each);
    if (unit.kept_answer) each_phi(*unit.kept_answer, each);
}

template <class Each>
void each_phi(application::FoundSession& found, const Each& each) {
    each_phi(found.session, each);
}

template <class Each>
void each_phi(application::WaitingEntry& entry, const Each& each) {
    each_phi(entry.participant, each);
}

template <class Record, class Each>
void each_phi(std::optional<Record>& record, const Each& each) {
    if (record) each_phi(*record, each);
}

template <class Record, class Each>
void each_phi(std::vector<Record>& records, const Each& each) {
    for (Record& record : records) each_phi(record, each);
}

template <class Record, class Each>
void each_phi(application::Page<Record>& page, const Each& each) {
    each_phi(page.items, each);
}

}  // namespace vcare::sealing
