// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include "chaos/checkers/checker.hpp"

namespace vcare::chaos {
namespace {

using EventsOfSession = std::map<std::string, std::vector<const Told*>>;

EventsOfSession by_session(const std::vector<Told>& events) {
    EventsOfSession lines;
    for (const Told& told : events) {
        if (!told.session.empty()) lines[told.session].push_back(&told);
    }
    return lines;
}

/// What must have been told of a session that has come so far, and how often.
std::map<std::string, int> expected_of(const SessionRow& row, bool is_settled) {
    const bool is_billed = row.status == "ended" && row.actual_start && is_settled;
    std::map<std::string, int> expected = {
        {"virtual_care.session.created.v1", 1},
        {"virtual_care.session.started.v1", row.actual_start ? 1 : 0},
        {"virtual_care.session.ended.v1", row.status == "ended" ? 1 : 0},
        {"virtual_care.session.cancelled.v1", row.status == "cancelled" ? 1 : 0},
    };
    if (is_settled) {
        expected["virtual_care.encounter.created.v1"] = is_billed ? 1 : 0;
        expected["virtual_care.billing.session_completed.v1"] = is_billed ? 1 : 0;
    }
    const bool has_waited = row.status == "waiting" || row.actual_start.has_value();
    if (has_waited) expected["virtual_care.session.waiting.v1"] = 1;
    if (row.status == "scheduled") expected["virtual_care.session.waiting.v1"] = 0;
    return expected;
}

/// The change and its event are one transaction: no row without its events, no event without its row.
void check_changes(const Evidence& evidence, Problems& problems) {
    const EventsOfSession told = by_session(evidence.outbox);
    for (const auto& [session, events] : told) {
        if (!evidence.sessions.contains(session))
            problems.push_back(session + " is told of and is not there");
    }
    for (const auto& [session, row] : evidence.sessions) {
        const auto found = told.find(session);
        for (const auto& [type, times] : expected_of(row, evidence.is_settled)) {
            const auto is_of_type = [&](const Told* event) { return event->type == type; };
            const auto count = found == told.end() ? 0 : std::ranges::count_if(found->second, is_of_type);
            if (count != times)
                problems.push_back(session + " is " + row.status + " and has " + std::to_string(count) +
                                   " times " + type);
        }
    }
}

/// What the database says the broker has is in the stream once, and nothing else is.
void check_stream(const Evidence& evidence, Problems& problems) {
    std::map<std::string, int> times;
    for (const Told& told : evidence.stream) ++times[told.id];
    for (const auto& [id, count] : times) {
        if (count > 1) problems.push_back(id + " is " + std::to_string(count) + " times in the stream");
    }
    std::set<std::string> written;
    for (const Told& told : evidence.outbox) {
        written.insert(told.id);
        const bool must_be_there = told.is_published || evidence.is_settled;
        if (must_be_there && !times.contains(told.id))
            problems.push_back(told.type + " " + told.id + " of " + told.session + " is not in the stream");
    }
    if (!evidence.is_settled) return;  // since the database was asked, more may have been told
    for (const Told& told : evidence.stream) {
        if (!written.contains(told.id))
            problems.push_back(told.type + " " + told.id + " is in the stream, and no change had written it");
    }
}

/// How far a session has come that tells this; nothing for what may be told at any time.
std::optional<int> stage_of(const std::string& type) {
    static const std::vector<std::string> stages = {
        "virtual_care.session.created.v1",   "virtual_care.session.waiting.v1",
        "virtual_care.session.started.v1",   "virtual_care.session.ended.v1",
        "virtual_care.encounter.created.v1", "virtual_care.billing.session_completed.v1"};
    const auto found = std::ranges::find(stages, type);
    if (found == stages.end()) return std::nullopt;
    return static_cast<int>(found - stages.begin());
}

/// The changes of a session are in the database in the order that a visit has.
void check_stages(const Evidence& evidence, Problems& problems) {
    for (const auto& [session, events] : by_session(evidence.outbox)) {
        int last = -1;
        for (const Told* told : events) {
            const int stage = stage_of(told->type).value_or(last);
            if (stage < last) problems.push_back(session + " was written out of order: " + told->type);
            last = stage;
        }
    }
}

/// The events of a session went to the broker in the order of its changes.
void check_order(const Evidence& evidence, Problems& problems) {
    std::map<std::string, std::size_t> place;
    for (std::size_t i = 0; i < evidence.outbox.size(); ++i) place[evidence.outbox[i].id] = i;
    for (const auto& [session, events] : by_session(evidence.stream)) {
        std::size_t last = 0;
        for (const Told* told : events) {
            const auto found = place.find(told->id);
            if (found == place.end()) continue;
            if (found->second < last) {
                problems.push_back(session + " was told out of order: " + told->type + " comes too late");
                break;
            }
            last = found->second;
        }
    }
}

}  // namespace

Problems every_change_has_its_event_once_in_order(const Evidence& evidence, const Clinics& /*clinics*/) {
    Problems problems;
    check_changes(evidence, problems);
    check_stages(evidence, problems);
    check_stream(evidence, problems);
    check_order(evidence, problems);
    return problems;
}

}  // namespace vcare::chaos
