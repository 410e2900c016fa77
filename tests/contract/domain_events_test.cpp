// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/http/contract/json_reader.hpp"
#include "adapters/json/event_codec.hpp"
#include "application/ports/unit_of_work.hpp"
#include "domain/session_events.hpp"
#include "support/builders/session_builder.hpp"
#include "support/event_schema_checker.hpp"

namespace vcare::testing {
namespace {

using ::testing::IsEmpty;

const Occasion now = at(nine_o_clock + minutes{3});
const std::string typed = "What a person typed: diabetes";

/// Commands that together make every event that a session tells of.
std::vector<Event> everything_a_session_tells() {
    std::vector<Event> told;
    const auto listen = [&told](Session session, auto command) {
        const Result<void> done = command(session);
        EXPECT_TRUE(done.has_value());
        for (Event& event : session.take_change().events) told.push_back(std::move(event));
    };
    const auto scheduled = [] { return a_session().build(); };
    const auto active = [] { return a_session().active().interpreter(ParticipantStatus::waiting).build(); };

    SessionData data = a_session().data();
    data.participants.clear();
    auto made = Session::create({.data = data,
                                 .participants = {{.id = the_provider(), .role = Role::provider},
                                                  {.id = the_patient(), .role = Role::patient}}},
                                a_proof_to_create(data.id), TenantConfig{}, now);
    for (Event& event : made.value().take_change().events) told.push_back(std::move(event));

    listen(scheduled(), [](Session& s) {
        return s.join(the_patient(), a_proof_to(GatedCommand::join, s), TenantConfig{}, now);
    });
    listen(scheduled(), [](Session& s) { return s.cancel(typed, now); });
    listen(scheduled(), [](Session& s) { return s.reschedule(now.at, now.at + minutes{30}, now); });
    listen(a_session().waiting().build(), [](Session& s) {
        return s.admit_patient(false, a_proof_to(GatedCommand::admit, s), a_present_provider(), now);
    });
    listen(active(), [](Session& s) { return s.admit_other(the_interpreter(), a_present_provider(), now); });
    listen(active(), [](Session& s) { return s.remove_participant(the_interpreter(), typed, now); });
    listen(active(), [](Session& s) { return s.fall_back(Mode::async_text, typed, now); });
    listen(active(), [](Session& s) { return s.end(typed, now); });
    listen(active(), [](Session& s) { return s.fail(typed, now); });
    listen(active(), [](Session& s) { return s.leave(the_patient(), now); });
    listen(active(), [](Session& s) { return s.lose_transport(the_patient(), now); });
    listen(active(), [](Session& s) { return s.ask_for_link(the_patient(), now); });
    listen(a_session().over(SessionStatus::ended).build(),
           [](Session& s) { return s.keep_encounter("enc-1", 1, now); });
    for (const auto& [category, word] : words_of(NotificationCategory{})) {
        SessionData session = a_session().data();
        session.cancel_reason = session.failure_reason = typed;
        if (category == NotificationCategory::reminder) session.participants.at(1).user_id.reset();
        session.participants.at(1).contact.phone.reset();
        told.push_back({.type = EventType::notification_requested,
                        .subject = session.id.text(),
                        .session = session.id.text(),
                        .data = events::notification_requested(session, TenantConfig{},
                                                               {category, the_patient(), "1"}, now.at)
                                    .take()});
    }
    return told;
}

TEST(DomainEvents, fit_their_schemas) {
    for (const Event& event : everything_a_session_tells())
        EXPECT_THAT(support::problems_of_event(event), IsEmpty());
}

/// The others are made by use cases: every unit that those commit in their tests is checked (support/fakes).
TEST(DomainEvents, are_each_told_here_but_for_those_of_consents_and_configuration) {
    std::set<EventType> missing;
#define VCARE_EVENT(identifier, wire, retention) missing.insert(EventType::identifier);
#include "generated/event_types.inc"
#undef VCARE_EVENT

    for (const Event& event : everything_a_session_tells()) missing.erase(event.type);

    EXPECT_EQ(missing, (std::set{EventType::consent_recorded, EventType::consent_withdrawn,
                                 EventType::config_updated}));
}

TEST(DomainEvents, fit_the_envelope_they_are_published_in) {
    for (Event& event : everything_a_session_tells()) {
        const application::OutboxEntry entry{
            .id = an_id<EventId>(1),
            .event = std::move(event),
            .at = nine_o_clock,
            .actor = "user-1",
            .correlation_id = "request-1",
            .traceparent = "00-" + std::string(32, 'a') + "-" + std::string(16, 'b') + "-01"};
        const auto published =
            json::encode_cloud_event(this_clinic(), entry, "/services/virtual-care-service");
        EXPECT_THAT(support::problems_of_event(http::contract::parse_json(published).value()), IsEmpty());
    }
}

}  // namespace
}  // namespace vcare::testing
