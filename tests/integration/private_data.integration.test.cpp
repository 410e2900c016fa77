// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/demo_fixture.hpp"
#include "support/store_of_test.hpp"

namespace vcare::support {
namespace {

const std::string api{base_path};

/// What a person typed, or what tells who they are: a marker in every field that can hold it.
const std::vector<std::string> markers = {
    "PhiPatientName", "PhiProviderName", "PhiObserverName",  "phimail",
    "+99 555 0101",   "PhiReasonVisit",  "PhiAddress",       "+99 555 0202",
    "PhiComment",     "PhiRemoveReason", "PhiCancelReason",  "PhiEndReason",
    "PhiFallback",    "PhiWrongField",   "PhiSignalPayload", "PhiStaffName"};

/// Everything that can be logged is.
DemoOptions talkative() {
    return {.environment = {{"VCARE_LOG_LEVEL", "debug"}}};
}

class PrivateData : public testing::Test {
  protected:
    explicit PrivateData(DemoOptions options = talkative()) : demo_(folder_.path(), std::move(options)) {}

    /// Everything in `text` that gives a person away.
    static std::vector<std::string> found_in(const std::string& text) {
        std::vector<std::string> found;
        for (const std::string& marker : markers) {
            if (text.find(marker) != std::string::npos) found.push_back(marker);
        }
        return found;
    }

    std::string session(const BookedVisit& visit) const { return api + "/sessions/" + visit.session; }

    BookedVisit booked(const std::string& patient) {
        give_consent(client_, doctor_, patient);
        const Headers repeatable = with(doctor_, "Idempotency-Key", "key-of-" + patient);
        return book(client_, repeatable, patient, R"({"reasonForVisit": "PhiReasonVisit", "participants": [
            {"role": "provider", "userId": "dr-rahimi", "displayName": "PhiProviderName"},
            {"role": "patient", "displayName": "PhiPatientName",
             "contact": {"email": "phimail@example.org", "phone": "+99 555 0101"}},
            {"role": "observer", "displayName": "PhiObserverName"}]})");
    }

    /// A visit in which everything that can be typed is typed, and everything that can go wrong does.
    void live_through_a_visit() {
        const BookedVisit visit = booked("patient-private");
        const HttpResponse joined = join(client_, link_code(client_, doctor_, visit.session, visit.patient));
        const Headers patient = support::visit(joined.at("/credential"));
        ASSERT_EQ(client_
                      .post(api + "/visit/whereabouts",
                            {{"address", "PhiAddress 7"}, {"callbackNumber", "+99 555 0202"}}, patient)
                      .status,
                  204);
        ASSERT_EQ(
            client_.post(session(visit) + "/participants/" + visit.provider + "/join", {}, doctor_).status,
            200);
        const HttpResponse admitted =
            client_.post(session(visit) + "/participants/" + visit.patient + "/admit",
                         {{"version", version_of(client_, doctor_, visit.session)}}, doctor_);
        ASSERT_EQ(admitted.status, 200) << admitted.body;
        const boost::json::value payload = {{"sdp", "PhiSignalPayload"}};
        client_.post(api + "/visit/signal", {{"to", visit.provider}, {"kind", "offer"}, {"payload", payload}},
                     patient);
        client_.post(session(visit) + "/fallback", {{"mode", "audio_only"}, {"reason", "PhiFallback"}},
                     doctor_);
        const boost::json::value people = client_.get(session(visit), doctor_).json();
        for (const auto& who : people.at("participants").as_array()) {
            if (at(who, "/role") != "observer") continue;
            client_.post(session(visit) + "/participants/" + at(who, "/id") + "/remove",
                         {{"reason", "PhiRemoveReason"}}, doctor_);
        }
        ASSERT_EQ(
            client_
                .post(session(visit) + "/end",
                      {{"version", version_of(client_, doctor_, visit.session)}, {"reason", "PhiEndReason"}},
                      doctor_)
                .status,
            200);
        client_.post(api + "/visit/feedback", {{"rating", 2}, {"comment", "PhiComment"}}, patient);
        book_with_the_callers_own_name();
        cancel_one();
        send_what_is_wrong();
        await_encounter(visit);
    }

    /// A worker writes it; nothing on this side tells when.
    void await_encounter(const BookedVisit& visit) {
        const auto deadline = std::chrono::steady_clock::now() + seconds{60};
        while (client_.get(session(visit), doctor_).at("/encounterId").empty()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "no Encounter";
            ASSERT_FALSE(demo_.process().wait(milliseconds{20}));
        }
    }

    /// Where nobody is named, the provider is called as their token calls them.
    void book_with_the_callers_own_name() {
        give_consent(client_, doctor_, "patient-unnamed");
        const BookedVisit visit = book(client_, doctor_, "patient-unnamed");
        EXPECT_THAT(client_.get(session(visit), doctor_).body, testing::HasSubstr("PhiStaffName"));
    }

    void cancel_one() {
        const BookedVisit visit = booked("patient-cancelled");
        client_.post(session(visit) + "/cancel", {{"version", 1}, {"reason", "PhiCancelReason"}}, doctor_);
    }

    /// Markers where they are refused: in unknown fields, wrong types, paths and queries.
    void send_what_is_wrong() {
        const std::string long_name = "PhiWrongField" + std::string(300, 'x');
        answers_ += client_.post(api + "/sessions", {{"unexpected", "PhiWrongField"}}, doctor_).body;
        answers_ +=
            client_
                .post(api + "/sessions",
                      {{"patientId", "PhiWrongField PhiWrongField"}, {"scheduledStart", long_name}}, doctor_)
                .body;
        answers_ += client_.get(api + "/sessions?status=PhiWrongField", doctor_).body;
        answers_ += client_.get(api + "/sessions?cursor=PhiWrongField", doctor_).body;
        answers_ += client_.post(api + "/visit/join", {{"token", "PhiWrongField"}}).body;
        answers_ += client_.get(api + "/visit", support::visit("PhiWrongField.vsp_1.PhiWrongField")).body;
        answers_ += client_.get(api + "/sessions", bearer("PhiWrongField.PhiWrongField.PhiWrongField")).body;
    }

    TempFolder folder_;
    Demo demo_;
    HttpClient client_ = demo_.client();
    Headers doctor_ = demo_.token(demo_.tenant(), "dr-rahimi", {"clinician"}, {"--name", "PhiStaffName"});
    std::string answers_;
};

TEST_F(PrivateData, appears_in_nothing_that_the_process_writes_about_itself) {
    SseReader feed{demo_.port(), {"GET", api + "/events", demo_.staff("scheduler"), {}}};
    live_through_a_visit();

    EXPECT_THAT(found_in(answers_), testing::IsEmpty()) << answers_;
    std::string events;
    for (auto frame = feed.next(); frame; frame = feed.next()) {
        events += frame->data;
        if (frame->event == "virtual_care.session.cancelled.v1") break;
    }
    EXPECT_THAT(events, testing::HasSubstr("virtual_care.session.ended.v1"));
    EXPECT_THAT(found_in(events), testing::IsEmpty());
    const std::string metrics = demo_.admin_client().get("/metrics").body;
    EXPECT_THAT(metrics, testing::HasSubstr("vcare_session_transitions_total"));
    EXPECT_THAT(found_in(metrics), testing::IsEmpty());
    const HttpResponse audit = client_.get(api + "/audit?limit=200", demo_.staff("auditor"));
    EXPECT_THAT(audit.body, testing::HasSubstr("session.end"));
    EXPECT_THAT(found_in(audit.body), testing::IsEmpty());
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"audit", "export", "--tenant", demo_.tenant()},
          std::vector<std::string>{"outbox", "list", "--json"},
          std::vector<std::string>{"encounters", "list", "--json"}}) {
        const Finished finished = demo_.command(command);
        EXPECT_EQ(finished.exit_code, 0) << finished.error;
        EXPECT_THAT(found_in(finished.output + finished.error), testing::IsEmpty());
    }
    ASSERT_EQ(demo_.terminate(), 0);
    EXPECT_THAT(found_in(demo_.log()), testing::IsEmpty());
    // An id of a patient is hashed wherever it is logged.
    EXPECT_THAT(demo_.log(), testing::Not(testing::HasSubstr("patient-private")));
}

class PrivateDataInTheStory : public PrivateData {
  protected:
    PrivateDataInTheStory() : PrivateData(in_a_terminal()) {}

  private:
    static DemoOptions in_a_terminal() {
        DemoOptions options = talkative();
        options.tells_its_story = true;
        return options;
    }
};

TEST_F(PrivateDataInTheStory, of_the_demo_is_not_told) {
    live_through_a_visit();
    ASSERT_EQ(demo_.terminate(), 0);

    const std::string story = demo_.welcome() + demo_.process().read_rest();

    EXPECT_THAT(story, testing::HasSubstr("The patient is in the waiting room"));
    EXPECT_THAT(story, testing::HasSubstr("The visit ended"));
    EXPECT_THAT(found_in(story), testing::IsEmpty()) << story;
    EXPECT_THAT(found_in(demo_.log()), testing::IsEmpty());
}

TEST_F(PrivateData, is_encrypted_wherever_it_rests) {
    live_through_a_visit();

    const std::string while_it_runs = stored_bytes(demo_.data());
    EXPECT_THAT(while_it_runs, testing::HasSubstr("patient-private"));  // the search looks in the right place
    EXPECT_THAT(found_in(while_it_runs), testing::IsEmpty());
    const std::filesystem::path copy = folder_.path() / "copy";
    const Finished backup = demo_.command({"backup", "--to", copy.string()});
    if (backup.exit_code == 0) {  // of PostgreSQL its own tools make one
        const std::string copied = read_text(copy);
        EXPECT_THAT(copied, testing::HasSubstr("patient-private"));
        EXPECT_THAT(found_in(copied), testing::IsEmpty());
    }
    ASSERT_EQ(demo_.terminate(), 0);
    EXPECT_THAT(found_in(stored_bytes(demo_.data())), testing::IsEmpty());
}

TEST_F(PrivateData, is_there_for_those_who_may_see_it) {
    const BookedVisit visit = booked("patient-private");

    const std::string shown = client_.get(session(visit), doctor_).body;
    const Headers repeatable = with(doctor_, "Idempotency-Key", "key-of-patient-cancelled");
    client_.post(session(visit) + "/cancel", {{"version", 1}, {"reason", "PhiCancelReason"}}, repeatable);
    const HttpResponse again =
        client_.post(session(visit) + "/cancel", {{"version", 1}, {"reason", "PhiCancelReason"}}, repeatable);
    EXPECT_THAT(found_in(shown),
                testing::UnorderedElementsAre("PhiPatientName", "PhiProviderName", "PhiObserverName",
                                              "phimail", "+99 555 0101", "PhiReasonVisit"));
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(again.at("/cancelReason"), "PhiCancelReason");
    EXPECT_THAT(client_.get(session(visit) + "/timeline", doctor_).body,
                testing::HasSubstr("PhiCancelReason"));
}

TEST_F(PrivateData, of_whereabouts_is_shown_to_the_provider_and_to_nobody_else) {
    const BookedVisit visit = booked("patient-where");
    const HttpResponse joined = join(client_, link_code(client_, doctor_, visit.session, visit.patient));
    client_.post(api + "/visit/whereabouts",
                 {{"address", "PhiAddress 7"}, {"callbackNumber", "+99 555 0202"}},
                 support::visit(joined.at("/credential")));

    EXPECT_THAT(client_.get(session(visit), doctor_).body, testing::HasSubstr("PhiAddress 7"));
    EXPECT_THAT(client_.get(session(visit), demo_.staff("scheduler")).body,
                testing::Not(testing::HasSubstr("PhiAddress")));
    EXPECT_THAT(client_.get(api + "/sessions", doctor_).body, testing::Not(testing::HasSubstr("PhiAddress")));
}

}  // namespace
}  // namespace vcare::support
