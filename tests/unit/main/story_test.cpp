// SPDX-License-Identifier: Apache-2.0
#include "main/demo/story.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/participant.hpp"

namespace vcare::program {
namespace {

using domain::Event;
using domain::EventData;
using domain::EventType;

Event event(EventType type, EventData data) {
    return Event{.type = type, .subject = "vsn_1", .session = "vsn_1", .data = data.take()};
}

TEST(Story, tells_who_came_and_where_they_are) {
    EXPECT_EQ(sentence_of(event(EventType::participant_joined, EventData{}.add("role", "patient"))),
              "The patient is in the waiting room");
    EXPECT_EQ(sentence_of(event(EventType::participant_joined, EventData{}.add("role", "provider"))),
              "The provider came in");
}

TEST(Story, tells_how_long_a_visit_was_and_why_it_ended) {
    EventData data;
    data.add("durationSeconds", std::int64_t{192}).add("reason", "consent_withdrawn");

    EXPECT_EQ(sentence_of(event(EventType::session_ended, data)),
              "The visit ended after 3 min 12 s (consent withdrawn)");
}

TEST(Story, keeps_quiet_about_what_another_sentence_told) {
    EXPECT_EQ(sentence_of(event(EventType::session_waiting, {})), "");
}

TEST(Story, has_a_word_for_every_kind_of_event_that_people_notice) {
    for (int i = 0; i <= static_cast<int>(EventType::session_waiting); ++i) {
        const auto type = static_cast<EventType>(i);
        const bool is_told_elsewhere = type == EventType::session_waiting ||
                                       type == EventType::participant_invited ||
                                       type == EventType::notification_requested;
        EXPECT_EQ(sentence_of(event(type, {})).empty(), is_told_elsewhere) << to_wire(type);
    }
}

}  // namespace
}  // namespace vcare::program
