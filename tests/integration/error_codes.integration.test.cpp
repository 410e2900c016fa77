// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/shared_demo.hpp"

namespace vcare::support {
namespace {

const std::string api{base_path};
const std::string unknown_session = "vsn_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const std::string unknown_participant = "vsp_01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// Every error code that a client can meet today, each raised through HTTP. Codes of a store that is away
/// and of a limit that is reached have files of their own, since they need a service that suffers.
class ErrorCodes : public SharedDemo {
  protected:
    HttpResponse join_as_provider(const BookedVisit& visit) {
        return client_.post(session(visit) + "/participants/" + visit.provider + "/join", {}, doctor_);
    }
    HttpResponse admit(const BookedVisit& visit, const std::string& participant) {
        return client_.post(session(visit) + "/participants/" + participant + "/admit",
                            {{"version", version_of(client_, doctor_, visit.session)}}, doctor_);
    }
    static std::string session(const BookedVisit& visit) { return api + "/sessions/" + visit.session; }
    static void expect(const HttpResponse& response, int status, const std::string& code) {
        EXPECT_EQ(response.status, status) << response.body;
        EXPECT_EQ(response.code(), code) << response.body;
        EXPECT_EQ(response.header("Content-Type"), "application/problem+json");
    }
};

TEST_F(ErrorCodes, validation_error_names_the_field_by_its_pointer) {
    const HttpResponse refused =
        client_.post(api + "/sessions", {{"patientId", "p 1"}, {"scheduledStart", "soon"}}, doctor_);

    expect(refused, 400, "VALIDATION_ERROR");
    EXPECT_THAT(refused.body, testing::HasSubstr("/patientId"));
    EXPECT_THAT(refused.body, testing::HasSubstr("/scheduledStart"));
    EXPECT_THAT(refused.body, testing::Not(testing::HasSubstr("soon")));
}

TEST_F(ErrorCodes, unauthorized_without_a_bearer_and_with_a_forged_one) {
    expect(client_.get(api + "/sessions"), 401, "UNAUTHORIZED");
    expect(client_.get(api + "/sessions", bearer("not.a.token")), 401, "UNAUTHORIZED");
    std::string forged = doctor_.front().second;
    forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
    expect(client_.get(api + "/sessions", {{"Authorization", forged}}), 401, "UNAUTHORIZED");
    expect(client_.get(api + "/visit", visit("demo-clinic." + unknown_participant + ".secret")), 401,
           "UNAUTHORIZED");
}

TEST_F(ErrorCodes, token_invalid_for_a_link_that_was_used) {
    const BookedVisit visit = booked("patient-used");
    const std::string code = link_code(client_, doctor_, visit.session, visit.patient);
    ASSERT_EQ(join(client_, code).status, 200);

    expect(join(client_, code), 401, "TOKEN_INVALID");
}

TEST_F(ErrorCodes, token_not_yet_valid_before_the_window_with_the_time_it_opens) {
    const BookedVisit visit =
        booked("patient-early", R"({"scheduledStart": ")" + minutes_from_now(120) + "\"}");

    const HttpResponse refused = join(client_, link_code(client_, doctor_, visit.session, visit.patient));

    expect(refused, 401, "TOKEN_NOT_YET_VALID");
    EXPECT_FALSE(refused.at("/validFrom").empty());
}

TEST_F(ErrorCodes, token_expired_after_the_links_own_time) {
    const BookedVisit visit = booked("patient-late");
    const HttpResponse issued = client_.post(
        session(visit) + "/participants/" + visit.patient + "/join-token", {{"ttlSeconds", 1}}, doctor_);
    const std::string token = issued.at("/token");

    // Asked without using it up until its second is over.
    const auto deadline = std::chrono::steady_clock::now() + seconds{60};
    std::string state = "open";
    while (state == "open" && std::chrono::steady_clock::now() < deadline) {
        state = client_.post(api + "/visit/preview", {{"token", token}}).at("/state");
    }

    EXPECT_EQ(state, "expired");
    expect(join(client_, token), 401, "TOKEN_EXPIRED");
}

TEST_F(ErrorCodes, access_denied_without_the_role_outside_the_reach_and_for_another_tenant) {
    const BookedVisit visit = booked("patient-denied");

    expect(client_.get(api + "/audit", doctor_), 403, "ACCESS_DENIED");
    expect(client_.get(session(visit), demo_->token(demo_->tenant(), "dr-other", {"clinician"})), 403,
           "ACCESS_DENIED");
    expect(client_.get(api + "/sessions", with(doctor_, "X-Tenant-Id", "another")), 403, "ACCESS_DENIED");
    const std::string link = link_code(client_, doctor_, visit.session, visit.patient);
    expect(client_.post(api + "/visit/join", {{"token", link}}, {{"X-Tenant-Id", "another"}}), 403,
           "ACCESS_DENIED");
    EXPECT_EQ(join(client_, link).status, 200) << "it is not used up";
}

TEST_F(ErrorCodes, module_not_licensed_for_what_starts_something_new) {
    TempFolder folder;
    const Server server{folder.path(), "licensing.unlicensed = [\"north\"]\n"};
    HttpClient client = server.client();
    const Headers staff = server.token("north", "dr-north", {"clinician"});

    expect(
        client.post(api + "/sessions", {{"patientId", "p1"}, {"scheduledStart", minutes_from_now(5)}}, staff),
        403, "MODULE_NOT_LICENSED");
    EXPECT_EQ(client.get(api + "/sessions", staff).status, 200);
}

TEST_F(ErrorCodes, consent_required_to_book_where_the_clinic_asks_beforehand) {
    const Headers staff = demo_->token("strict-clinic", "dr-strict", {"clinician"});

    expect(client_.post(api + "/sessions", {{"patientId", "p1"}, {"scheduledStart", minutes_from_now(5)}},
                        staff),
           403, "CONSENT_REQUIRED");
}

TEST_F(ErrorCodes, recording_not_allowed_where_the_clinic_does_not_record) {
    const Headers staff = demo_->token("quiet-clinic", "dr-quiet", {"clinician"});
    give_consent(client_, staff, "p1");

    expect(client_.post(
               api + "/sessions",
               {{"patientId", "p1"}, {"scheduledStart", minutes_from_now(5)}, {"recordingEnabled", true}},
               staff),
           403, "RECORDING_NOT_ALLOWED");
}

TEST_F(ErrorCodes, not_found_for_what_does_not_exist) {
    const BookedVisit visit = booked("patient-found");

    expect(client_.get(api + "/sessions/" + unknown_session, doctor_), 404, "SESSION_NOT_FOUND");
    expect(client_.post(session(visit) + "/participants/" + unknown_participant + "/join-token", {}, doctor_),
           404, "PARTICIPANT_NOT_FOUND");
    expect(client_.get(api + "/nothing-here", doctor_), 404, "NOT_FOUND");
    expect(client_.post(api + "/consents/cns_01ARZ3NDEKTSV4RRFFQ69G5FAV/withdraw", {}, doctor_), 404,
           "NOT_FOUND");
    const HttpResponse encounter = client_.get(session(visit) + "/fhir", doctor_);
    EXPECT_EQ(encounter.status, 404);
    EXPECT_EQ(encounter.at("/issue/0/details/coding/0/code"), "NOT_FOUND");
}

TEST_F(ErrorCodes, method_not_allowed_says_which_are) {
    const HttpResponse refused = client_.send({"DELETE", api + "/sessions", doctor_, ""});

    expect(refused, 405, "METHOD_NOT_ALLOWED");
    EXPECT_THAT(refused.header("Allow"),
                testing::AllOf(testing::HasSubstr("GET"), testing::HasSubstr("POST")));
}

TEST_F(ErrorCodes, invalid_status_transition_for_what_the_state_does_not_allow) {
    const BookedVisit visit = booked("patient-state");

    expect(client_.post(session(visit) + "/end", {{"version", 1}}, doctor_), 409,
           "INVALID_STATUS_TRANSITION");
    expect(admit(visit, visit.patient), 409, "INVALID_STATUS_TRANSITION");
    expect(client_.post(session(visit) + "/participants/" + visit.provider + "/remove",
                        {{"reason", "mistake"}}, doctor_),
           409, "INVALID_STATUS_TRANSITION");
}

TEST_F(ErrorCodes, optimistic_lock_conflict_says_the_current_version) {
    const BookedVisit visit = booked("patient-stale");
    ASSERT_EQ(join(client_, link_code(client_, doctor_, visit.session, visit.patient)).status, 200);

    const HttpResponse refused =
        client_.post(session(visit) + "/cancel", {{"version", 1}, {"reason", "too late"}}, doctor_);

    expect(refused, 409, "OPTIMISTIC_LOCK_CONFLICT");
    EXPECT_EQ(refused.at("/currentVersion"), std::to_string(version_of(client_, doctor_, visit.session)));
}

TEST_F(ErrorCodes, participant_not_in_waiting_room_and_provider_not_present) {
    const BookedVisit visit = booked("patient-absent", R"({"participants": [
        {"role": "provider", "userId": "dr-rahimi"}, {"role": "patient"}, {"role": "observer"}]})");
    ASSERT_EQ(join(client_, link_code(client_, doctor_, visit.session, visit.patient)).status, 200);
    std::string observer;
    const boost::json::value answer = client_.get(session(visit), doctor_).json();
    for (const auto& who : answer.at("participants").as_array()) {
        if (at(who, "/role") == "observer") observer = at(who, "/id");
    }

    expect(admit(visit, observer), 409, "PARTICIPANT_NOT_IN_WAITING_ROOM");
    expect(admit(visit, visit.patient), 409, "PROVIDER_NOT_PRESENT");
}

TEST_F(ErrorCodes, duplicate_patient_and_max_participants_exceeded) {
    const BookedVisit visit = booked("patient-full");
    const std::string people = session(visit) + "/participants";

    expect(client_.post(people, {{"role", "patient"}}, doctor_), 409, "DUPLICATE_PATIENT");
    EXPECT_EQ(client_.post(people, {{"role", "observer"}}, doctor_).status, 201);
    EXPECT_EQ(client_.post(people, {{"role", "interpreter"}}, doctor_).status, 201);
    expect(client_.post(people, {{"role", "observer"}}, doctor_), 422, "MAX_PARTICIPANTS_EXCEEDED");
}

TEST_F(ErrorCodes, idempotency_key_reused_for_another_request) {
    give_consent(client_, doctor_, "patient-key");
    const Headers headers = with(doctor_, "Idempotency-Key", "key-of-two-requests");
    const std::string start = minutes_from_now(5);
    ASSERT_EQ(
        client_.post(api + "/sessions", {{"patientId", "patient-key"}, {"scheduledStart", start}}, headers)
            .status,
        201);

    expect(
        client_.post(api + "/sessions", {{"patientId", "patient-other"}, {"scheduledStart", start}}, headers),
        422, "IDEMPOTENCY_KEY_REUSED");
}

TEST_F(ErrorCodes, too_large_too_many_headers_and_the_wrong_kind_of_body) {
    const std::string large(std::size_t{300} * 1024, 'x');
    HttpClient client = demo_->client();
    expect(client.post(api + "/sessions", {{"patientId", large}}, doctor_), 413, "PAYLOAD_TOO_LARGE");

    HttpClient other = demo_->client();
    expect(other.get(api + "/sessions", with(doctor_, "X-Long", std::string(std::size_t{20} * 1024, 'x'))),
           431, "HEADERS_TOO_LARGE");

    expect(client_.send({"POST", api + "/sessions", with(doctor_, "Content-Type", "text/plain"), "{}"}), 415,
           "UNSUPPORTED_MEDIA_TYPE");
    expect(client_.send({"POST", api + "/sessions", doctor_, "{}"}), 415, "UNSUPPORTED_MEDIA_TYPE");
}

TEST_F(ErrorCodes, rate_limited_after_too_many_failed_joins_from_one_address) {
    TempFolder folder;
    const Server server{folder.path(), "limits.failed_joins_per_address_per_minute = 3\n"};
    HttpClient client = server.client();
    const std::string forged(22, 'a');
    for (int i = 0; i < 3; ++i) expect(join(client, forged), 401, "TOKEN_INVALID");

    const HttpResponse refused = join(client, forged);

    expect(refused, 429, "RATE_LIMITED");
    EXPECT_FALSE(refused.header("Retry-After").empty());
}

TEST_F(ErrorCodes, rate_limited_after_too_many_tries_with_a_link_that_was_used) {
    TempFolder folder;
    const Server server{folder.path(), "limits.failed_joins_per_address_per_minute = 3\n"};
    HttpClient client = server.client();
    const Headers doctor = server.token("north", "dr-adams", {"clinician"});
    give_consent(client, doctor, "patient-again");
    const BookedVisit visit = book(client, doctor, "patient-again");
    const std::string code = link_code(client, doctor, visit.session, visit.patient);
    ASSERT_EQ(join(client, code).status, 200);
    for (int i = 0; i < 3; ++i) expect(join(client, code), 401, "TOKEN_INVALID");

    expect(join(client, code), 429, "RATE_LIMITED");
}

TEST_F(ErrorCodes, rate_limited_by_credential_without_touching_others) {
    TempFolder folder;
    const Server server{folder.path(), "limits.requests_per_credential_per_second = 1\n"};
    HttpClient client = server.client();
    const Headers hasty = server.token("north", "dr-hasty", {"clinician"});
    const Headers calm = server.token("north", "dr-calm", {"clinician"});

    HttpResponse last;
    for (int i = 0; i < 200 && last.status != 429; ++i) last = client.get(api + "/sessions", hasty);

    expect(last, 429, "RATE_LIMITED");
    EXPECT_EQ(client.get(api + "/sessions", calm).status, 200);
}

}  // namespace
}  // namespace vcare::support
