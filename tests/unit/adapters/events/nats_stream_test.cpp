// SPDX-License-Identifier: Apache-2.0
#include "adapters/events/nats_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vcare::events {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(NatsStream, may_be_a_stream_that_somebody_else_made) {
    EXPECT_THAT(problem_with({}), IsEmpty());
    EXPECT_THAT(problem_with({.dedupe_window = std::chrono::hours{1}, .subjects = {"other.>", ">"}}),
                IsEmpty());
}

TEST(NatsStream, is_refused_with_the_reason_and_the_remedy_when_it_cannot_be_shared_or_trusted) {
    using Retention = StreamFacts::Retention;
    const std::vector<std::pair<StreamFacts, std::string>> cases = {
        {{.retention = Retention::work_queue},
         "has work-queue retention, where whoever reads takes messages"},
        {{.retention = Retention::interest}, "has interest retention"},
        {{.is_in_files = false}, "give it file storage"},
        {{.is_acknowledged = false}, "acknowledges nothing"},
        {{.is_own = false}, "is a mirror or sealed"},
        {{.dedupe_window = std::chrono::minutes{2}}, "duplicate window of 10 minutes"},
        {{.subjects = {"virtual_care.session.>"}}, "give it the subject virtual_care.>"},
    };
    for (const auto& [stream, sentence] : cases) {
        EXPECT_THAT(problem_with(stream), HasSubstr(sentence));
        EXPECT_THAT(problem_with(stream), HasSubstr("VIRTUAL_CARE"));
        EXPECT_THAT(problem_with(stream), testing::Not(HasSubstr("\n")));
    }
}

}  // namespace
}  // namespace vcare::events
