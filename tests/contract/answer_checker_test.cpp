// SPDX-License-Identifier: Apache-2.0
#include "support/answer_checker.hpp"

#include <gmock/gmock.h>

namespace vcare::support {
namespace {

using http::contract::OperationId;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view problem_json = "application/problem+json";

TEST(AnswerChecker, lets_an_answer_pass_that_fits) {
    EXPECT_THAT(problems_of_answer(
                    OperationId::report_connection,
                    {.status = 200, .content_type = "application/json", .body = R"({"advice":"stay"})"}),
                IsEmpty());
    EXPECT_THAT(problems_of_answer(OperationId::leave_visit, {.status = 204}), IsEmpty());
    EXPECT_THAT(
        problems_of_answer(OperationId::get_metrics,
                           {.status = 200, .content_type = "text/plain; version=0.0.4", .body = "x 1\n"}),
        IsEmpty());
    EXPECT_THAT(problems_of_answer(OperationId::end_session,
                                   {.status = 409, .content_type = problem_json, .body = R"({
                                        "type": "urn:vcare:problem:OPTIMISTIC_LOCK_CONFLICT", "title": "t",
                                        "status": 409, "code": "OPTIMISTIC_LOCK_CONFLICT", "instance": "/x",
                                        "traceId": "1", "currentVersion": 3})"}),
                IsEmpty());
}

TEST(AnswerChecker, finds_a_field_or_a_value_that_the_contract_does_not_name) {
    EXPECT_THAT(
        problems_of_answer(
            OperationId::report_connection,
            {.status = 200, .content_type = "application/json", .body = R"({"advice":"panic","why":1})"}),
        ElementsAre("reportConnection 200: /advice must be one of stay, audio_only, async_text, video",
                    "reportConnection 200: /why unknown field; allowed: advice"));
}

TEST(AnswerChecker, finds_a_status_a_content_type_or_a_body_that_is_not_described) {
    EXPECT_EQ(problems_of_answer(OperationId::leave_visit, {.status = 200}).size(), 1U);
    EXPECT_EQ(problems_of_answer(OperationId::leave_visit, {.status = 302}).size(), 1U);
    EXPECT_EQ(problems_of_answer(OperationId::leave_visit, {.status = 204, .body = "{}"}).size(), 1U);
    EXPECT_EQ(problems_of_answer(OperationId::report_connection,
                                 {.status = 200, .content_type = "text/html", .body = "{}"})
                  .size(),
              1U);
    EXPECT_EQ(problems_of_answer(OperationId::report_connection,
                                 {.status = 200, .content_type = "application/json", .body = "{"})
                  .size(),
              1U);
}

std::vector<std::string> problems_of_code(OperationId id, int status, std::string_view code) {
    const std::string body = R"({"type":"t","title":"t","status":)" + std::to_string(status) +
                             R"(,"code":")" + std::string{code} + R"(","instance":"/x","traceId":"1"})";
    return problems_of_answer(id, {.status = status, .content_type = problem_json, .body = body});
}

TEST(AnswerChecker, finds_a_code_that_the_operation_does_not_raise_or_with_another_status) {
    EXPECT_THAT(problems_of_code(OperationId::create_session, 403, "CONSENT_REQUIRED"), IsEmpty());
    EXPECT_THAT(problems_of_code(OperationId::get_session, 403, "CONSENT_REQUIRED"),
                ElementsAre("getSession 403: the contract does not say that CONSENT_REQUIRED may come"));
    EXPECT_THAT(problems_of_code(OperationId::create_session, 409, "CONSENT_REQUIRED"),
                ElementsAre("createSession 409: CONSENT_REQUIRED goes with 403"));
    EXPECT_THAT(problems_of_code(OperationId::get_health, 429, "RATE_LIMITED"), IsEmpty());
}

}  // namespace
}  // namespace vcare::support
