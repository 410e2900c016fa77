// SPDX-License-Identifier: Apache-2.0
#include "domain/session_events.hpp"

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/builders/session_builder.hpp"

namespace vcare::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string everything_told_by(Session& session) {
    std::string all;
    const SessionChange change = session.take_change();
    EXPECT_FALSE(change.events.empty());
    for (const Event& event : change.events) all += event.subject + event.session + everything_in(event.data);
    return all;
}

/// A session full of what must not be told, and free text wherever a person may type some.
TEST(SessionEvents, carry_nothing_that_a_person_typed_and_no_name_or_contact) {
    const Occasion now = at(nine_o_clock + minutes{3});
    const std::string typed = "PHI-REASON diabetes";
    std::string told;
    const auto listen = [&](Session session, auto command) {
        const Result<void> done = command(session);
        ASSERT_TRUE(done.has_value());
        told += everything_told_by(session);
    };

    SessionData data = a_session().data();
    data.participants.clear();
    auto made = Session::create(
        {.data = data,
         .participants = {{.id = the_provider(), .role = Role::provider, .display_name = phi("NAME")},
                          {.id = the_patient(),
                           .role = Role::patient,
                           .display_name = phi("NAME"),
                           .contact = {.email = phi("MAIL"), .phone = phi("PHONE")}}}},
        a_proof_to_create(data.id), TenantConfig{}, now);
    ASSERT_TRUE(made.has_value());
    told += everything_told_by(*made);

    const auto scheduled = [] { return a_session().build(); };
    const auto active = [] { return a_session().active().interpreter(ParticipantStatus::waiting).build(); };
    listen(scheduled(), [&](Session& s) {
        return s.join(the_patient(), a_proof_to(GatedCommand::join, s), TenantConfig{}, now);
    });
    listen(scheduled(), [&](Session& s) { return s.cancel(typed, now); });
    listen(scheduled(), [&](Session& s) { return s.reschedule(now.at, now.at + minutes{30}, now); });
    listen(scheduled(), [&](Session& s) {
        return s.add_participant({.id = the_observer(), .role = Role::observer, .display_name = phi("NAME")},
                                 6, now);
    });
    listen(active(), [&](Session& s) { return s.admit_other(the_interpreter(), a_present_provider(), now); });
    listen(active(), [&](Session& s) { return s.remove_participant(the_interpreter(), typed, now); });
    listen(active(), [&](Session& s) { return s.fall_back(Mode::async_text, typed, now); });
    listen(active(), [&](Session& s) { return s.end(typed, now); });
    listen(active(), [&](Session& s) { return s.fail(typed, now); });
    listen(active(), [&](Session& s) { return s.leave(the_patient(), now); });
    listen(active(), [&](Session& s) { return s.lose_transport(the_patient(), now); });
    listen(active(), [&](Session& s) { return s.ask_for_link(the_patient(), now); });
    listen(a_session().over(SessionStatus::ended).build(),
           [&](Session& s) { return s.keep_encounter("enc-1", 1, now); });

    EXPECT_THAT(told, Not(HasSubstr(std::string{phi_marker})));
    EXPECT_THAT(told, Not(HasSubstr("diabetes")));
    EXPECT_THAT(told, HasSubstr(the_patient_id().text())) << "the search itself must find what is there";
}

/// The reasons that the clinic's pages send by themselves, read from where they are written.
std::set<std::string> reasons_of_pages() {
    static const std::regex sends{R"(seat\.(fallback|remove|end|cancel)\(|const reasons = \[)"};
    static const std::regex word{R"re("([a-z]+(_[a-z]+)+)")re"};
    std::set<std::string> reasons;
    for (const auto& file : std::filesystem::directory_iterator{"web/src/provider"}) {
        std::ifstream page{file.path()};
        for (std::string line; std::getline(page, line);) {
            if (!std::regex_search(line, sends)) continue;
            for (std::sregex_iterator found{line.begin(), line.end(), word}, end; found != end; ++found)
                reasons.insert((*found)[1]);
        }
    }
    return reasons;
}

TEST(SessionEvents, give_every_reason_of_our_own_pages_as_it_is) {
    const std::set<std::string> reasons = reasons_of_pages();

    EXPECT_THAT(reasons, ::testing::IsSupersetOf({"weak_connection", "device_trouble", "patient_wish",
                                                  "connection_better", "removed_by_provider"}))
        << "the search itself must find what is there";
    for (const std::string& reason : reasons) EXPECT_EQ(events::reason_code(reason), reason);
    EXPECT_EQ(events::reason_code("diabetes"), "other");
}

TEST(SessionEvents, name_their_tenant_their_session_and_their_subject) {
    Session session = a_session().build();
    ASSERT_TRUE(session.cancel("patient_request", at(nine_o_clock)));
    const SessionChange change = session.take_change();
    const Event& event = change.events.at(0);
    EXPECT_EQ(event.subject, session.data().id.text());
    EXPECT_EQ(event.session, session.data().id.text());
    EXPECT_EQ(text_field(event, "tenantId"), this_clinic().text());
    EXPECT_EQ(text_field(event, "sessionId"), session.data().id.text());
}

TEST(SessionEvents, of_a_new_session_list_the_people_by_role_and_user) {
    const SessionData data = a_session().data();
    const EventRecord record = events::created(data).take();
    const auto* people = std::get_if<std::vector<EventRecord>>(&record.back().value);
    ASSERT_NE(people, nullptr);
    ASSERT_EQ(people->size(), 2U);
    EXPECT_EQ(everything_in(people->at(1)),
              "participantId\n" + the_patient().text() + "\nrole\npatient\nuserId\npatient-1\n");
}

TEST(SessionEvents, leave_out_what_a_session_does_not_have) {
    SessionData data = a_session().data();
    EXPECT_THAT(everything_in(events::created(data).take()), Not(HasSubstr("appointmentId")));
    data.appointment = an_opaque_id<AppointmentId>("appointment-1");
    data.node = an_opaque_id<NodeId>("node-1");
    EXPECT_THAT(everything_in(events::created(data).take()),
                HasSubstr("appointmentId\nappointment-1\nnodeId\nnode-1"));
}

TEST(SessionEvents, of_billing_name_the_providers_only) {
    SessionData data = a_session().over(SessionStatus::ended).data();
    data.encounter_id = "enc-1";
    const EventRecord record = events::billing(data).take();
    const auto* providers = std::get_if<std::vector<std::string>>(&record.back().value);
    ASSERT_NE(providers, nullptr);
    EXPECT_EQ(*providers, std::vector{"user-of-" + the_provider().text()});
}

TEST(SessionEvents, say_a_duration_of_zero_when_nothing_took_place) {
    const SessionData data = a_session().over(SessionStatus::cancelled).data();
    for (const EventField& field : events::ended(data).take()) {
        if (field.name == "durationSeconds") EXPECT_EQ(std::get<std::int64_t>(field.value), 0);
    }
}

TEST(Event, data_keeps_every_kind_of_value_under_its_name) {
    EventData data;
    data.add("text", "t").add("number", std::int64_t{5}).add("list", std::vector<std::string>{"a", "b"});
    data.add("at", nine_o_clock).add("absent", std::optional<std::string>{});
    const EventRecord record = data.take();
    ASSERT_EQ(record.size(), 4U);
    EXPECT_EQ(std::get<std::int64_t>(record[1].value), 5);
    EXPECT_EQ(std::get<std::vector<std::string>>(record[2].value).size(), 2U);
    EXPECT_EQ(std::get<std::string>(record[3].value), "2026-03-02T09:00:00.000Z");
}

TEST(Event, every_type_has_a_wire_name_that_leads_back_to_it) {
    const std::vector<EventType> all = {
#define VCARE_EVENT(identifier, wire, retention) EventType::identifier,
#include "generated/event_types.inc"
#undef VCARE_EVENT
    };
    ASSERT_FALSE(all.empty());
    for (const EventType type : all) {
        EXPECT_TRUE(to_wire(type).starts_with("virtual_care."));
        EXPECT_TRUE(to_wire(type).ends_with(".v1"));
        EXPECT_EQ(parse_event_type(to_wire(type)), type);
    }
    EXPECT_EQ(parse_event_type("virtual_care.session.reopened.v1"), std::nullopt);
    EXPECT_EQ(parse_event_type(""), std::nullopt);
}

}  // namespace
}  // namespace vcare::testing
