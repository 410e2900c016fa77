// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/contract/request_validator.hpp"

#include <gmock/gmock.h>

#include "adapters/http/contract/json_reader.hpp"
#include "adapters/http/contract/schema_check.hpp"

namespace vcare::http::contract {
namespace {

using domain::FieldError;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<FieldError> problems_of(std::string_view body, OperationId id) {
    return validate(parse_json(body).value(), id);
}

constexpr std::string_view full_create = R"({
    "patientId": "pat-1", "appointmentId": "apt:7", "nodeId": "clinic.north",
    "scheduledStart": "2026-05-01T10:00:00+02:00", "scheduledEnd": "2026-05-01T08:30:00Z",
    "participants": [
        {"role": "provider", "userId": "dr-1", "displayName": "Dr. Öztürk", "language": "en"},
        {"role": "interpreter", "linkedTo": "patient", "language": "fa-AF",
         "contact": {"email": "i@example.org", "phone": "+49 (30) 1234-5"}}],
    "recordingEnabled": false, "language": "en", "reasonForVisit": "cough"})";

TEST(RequestValidator, takes_a_body_that_fits) {
    EXPECT_THAT(problems_of(full_create, OperationId::create_session), IsEmpty());
    EXPECT_THAT(problems_of(R"({"patientId":"p","scheduledStart":"2026-05-01T10:00:00Z"})",
                            OperationId::create_session),
                IsEmpty());
    EXPECT_THAT(problems_of("{}", OperationId::end_session), IsEmpty());
    EXPECT_THAT(problems_of(R"({"token":""})", OperationId::join_visit), IsEmpty());
    EXPECT_THAT(
        problems_of(R"({"to":"vsp_01HZY5Q6T7V8W9X0Y1Z2A3B4C5","kind":"offer","payload":[{"a":null}]})",
                    OperationId::send_signal),
        IsEmpty());
}

TEST(RequestValidator, names_unknown_fields_and_what_is_allowed) {
    EXPECT_THAT(problems_of(R"({"version":1,"withlinked":true})", OperationId::admit_participant),
                ElementsAre(FieldError{"/withlinked", "unknown field; allowed: version, withLinked"}));
    EXPECT_THAT(problems_of(R"({"a/b~c":1})", OperationId::leave_visit),
                ElementsAre(FieldError{"/a~1b~0c", "unknown field; none is allowed"}));
}

TEST(RequestValidator, refuses_a_tenant_in_a_body) {
    const auto problems =
        problems_of(R"({"patientId":"p","scheduledStart":"2026-05-01T10:00:00Z","tenantId":"t"})",
                    OperationId::create_session);

    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].pointer, "/tenantId");
}

TEST(RequestValidator, points_to_a_missing_field_as_if_it_were_there) {
    EXPECT_THAT(
        problems_of("{}", OperationId::create_session),
        ElementsAre(FieldError{"/patientId", "is required"}, FieldError{"/scheduledStart", "is required"}));
    EXPECT_THAT(problems_of(R"({"version":1})", OperationId::cancel_session),
                ElementsAre(FieldError{"/reason", "is required"}));
}

TEST(RequestValidator, points_into_lists) {
    const auto problems = problems_of(
        R"({"patientId":"p","scheduledStart":"2026-05-01T10:00:00Z",
            "participants":[{"role":"provider"},{"role":"doctor","contact":{"phone":"x"}}]})",
        OperationId::create_session);

    EXPECT_THAT(problems,
                ElementsAre(FieldError{"/participants/1/role",
                                       "must be one of provider, patient, interpreter, observer"},
                            FieldError{"/participants/1/contact/phone", "must match ^[+0-9 ()./-]{3,40}$"}));
}

struct Refused {
    OperationId id;
    std::string_view body;
    FieldError error;
};

TEST(RequestValidator, says_what_is_allowed_for_every_kind_of_rule) {
    const Refused table[] = {
        {OperationId::create_session, "[]", {"", "must be an object"}},
        {OperationId::create_session, "null", {"", "must be an object"}},
        {OperationId::join_visit, R"({"token":5})", {"/token", "must be text"}},
        {OperationId::join_visit, R"({"token":null})", {"/token", "must be text"}},
        {OperationId::admit_participant, R"({"version":1.5})", {"/version", "must be a whole number"}},
        {OperationId::admit_participant, R"({"version":"1"})", {"/version", "must be a whole number"}},
        {OperationId::admit_participant, R"({"version":0})", {"/version", "must be at least 1"}},
        {OperationId::admit_participant, R"({"withLinked":1})", {"/withLinked", "must be true or false"}},
        {OperationId::issue_join_token,
         R"({"ttlSeconds":86401})",
         {"/ttlSeconds", "must be between 1 and 86400"}},
        {OperationId::cancel_session,
         R"({"reason":""})",
         {"/reason", "must have between 1 and 500 characters"}},
        {OperationId::give_feedback, R"({"rating":6})", {"/rating", "must be between 1 and 5"}},
        {OperationId::report_connection,
         R"({"rttMs":"1","lossPct":0,"kbps":0,"media":"video"})",
         {"/rttMs", "must be a number"}},
        {OperationId::reschedule_session,
         R"({"scheduledStart":"tomorrow"})",
         {"/scheduledStart", "must be a date and time with its offset, like 2026-01-31T09:30:00Z"}},
        {OperationId::add_participant,
         R"({"role":"observer","contact":{"email":"nobody"}})",
         {"/contact/email", "must be an e-mail address"}},
        {OperationId::put_config, R"({"languages":[]})", {"/languages", "must have between 1 and 50 items"}},
        {OperationId::put_config, R"({"languages":"en"})", {"/languages", "must be a list"}},
        {OperationId::put_config,
         R"({"branding":{"logoUrl":"http://a"}})",
         {"/branding/logoUrl", "must match ^https://[!-~]{1,2000}$"}},
    };
    for (const auto& [id, body, error] : table)
        EXPECT_THAT(problems_of(body, id), ElementsAre(error)) << body;
}

TEST(RequestValidator, counts_characters_and_not_bytes) {
    std::string longest;
    for (int i = 0; i < 500; ++i) longest += "ü";

    EXPECT_THAT(problems_of(R"({"reason":")" + longest + "\"}", OperationId::cancel_session), IsEmpty());
    EXPECT_EQ(problems_of(R"({"reason":")" + longest + "x\"}", OperationId::cancel_session).size(), 1U);
}

TEST(RequestValidator, takes_opaque_ids_of_1_to_128_characters) {
    const auto with_patient = [](std::string_view patient) {
        return R"({"scheduledStart":"2026-05-01T10:00:00Z","patientId":")" + std::string{patient} + "\"}";
    };

    for (const auto& good : {std::string{"a"}, std::string(128, 'Z'), std::string{"urn:x_1.2-3"}})
        EXPECT_THAT(problems_of(with_patient(good), OperationId::create_session), IsEmpty()) << good;
    for (const auto& bad : {std::string{}, std::string(129, 'a'), std::string{"a b"}, std::string{"ä"}})
        EXPECT_EQ(problems_of(with_patient(bad), OperationId::create_session).size(), 1U) << bad;
}

TEST(RequestValidator, never_repeats_a_value) {
    for (const auto& problem :
         problems_of(R"({"patientId":"SECRET 1","scheduledStart":"SECRET 2","language":"SECRET 3",
                                              "participants":"SECRET 4"})",
                     OperationId::create_session)) {
        EXPECT_FALSE(problem.message.contains("SECRET")) << problem.message;
    }
}

TEST(RequestValidator, tells_a_bounded_number_of_problems) {
    std::string body = R"({"token":"t","consents":[)";
    for (int i = 0; i < 10; ++i) body += std::string{i == 0 ? "" : ","} + "{}";

    EXPECT_EQ(problems_of(body + "]}", OperationId::join_visit).size(), max_field_errors);
}

TEST(RequestValidator, checks_the_query) {
    const auto check = [](std::vector<NamedText> query, OperationId id) { return validate_query(query, id); };

    EXPECT_THAT(check({{"status", "waiting"}, {"limit", "200"}, {"from", "2026-05-01T10:00:00+02:00"}},
                      OperationId::list_sessions),
                IsEmpty());
    EXPECT_THAT(check({{"status", "waiting,active"}}, OperationId::list_sessions),
                ElementsAre(FieldError{
                    "/status", "must be one of scheduled, waiting, active, ended, cancelled, failed"}));
    EXPECT_THAT(check({{"limit", "0"}}, OperationId::list_sessions),
                ElementsAre(FieldError{"/limit", "must be between 1 and 200"}));
    for (const auto* text : {"", "5x", "1.5", "+5", " 5", "99999999999999999999"})
        EXPECT_THAT(check({{"limit", text}}, OperationId::list_sessions).size(), 1U) << text;
    EXPECT_THAT(check({{"limit", "1"}, {"limit", "2"}}, OperationId::list_sessions),
                ElementsAre(FieldError{"/limit", "must be given once"}));
    EXPECT_THAT(check({{"tenantId", "t"}}, OperationId::list_waiting_room),
                ElementsAre(FieldError{"/tenantId", "unknown parameter; none is allowed"}));
    EXPECT_THAT(check({}, OperationId::get_public_config), ElementsAre(FieldError{"/tenant", "is required"}));
}

TEST(RequestValidator, checks_the_headers_it_knows) {
    const auto check = [](std::vector<NamedText> headers) {
        return validate_headers(headers, OperationId::end_session);
    };

    EXPECT_THAT(check({{"if-match", "\"3\""}, {"idempotency-key", "k!~"}, {"x-other", "\x01"}}), IsEmpty());
    EXPECT_EQ(check({{"If-Match", "3"}}).at(0).pointer, "/If-Match");
    EXPECT_EQ(check({{"Idempotency-Key", ""}}).size(), 1U);
    EXPECT_EQ(check({{"Idempotency-Key", "a b"}}).size(), 1U);
    EXPECT_EQ(check({{"Idempotency-Key", std::string(256, 'k')}}).size(), 1U);
    EXPECT_EQ(check({{"Idempotency-Key", "a"}, {"idempotency-key", "b"}}).size(), 1U);
}

}  // namespace
}  // namespace vcare::http::contract
