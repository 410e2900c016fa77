// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/event_schema_checker.hpp"
#include "support/shared_demo.hpp"

namespace vcare::support {
namespace {

using testing::Contains;
using testing::IsEmpty;

const std::string api{base_path};

using Visit = SharedDemo;

std::vector<std::string> texts_at(const HttpResponse& response, std::string_view pointer) {
    std::vector<std::string> texts;
    const boost::json::value answer = response.json();
    for (const auto& item : answer.at("items").as_array()) texts.push_back(at(item, pointer));
    return texts;
}

TEST_F(Visit, goes_from_booking_to_the_record_by_http_alone) {
    SseReader feed{demo_->port(), {"GET", api + "/events", doctor_, {}}};
    give_consent(client_, doctor_, "patient-whole");
    const BookedVisit visit =
        book(client_, doctor_, "patient-whole", R"({"reasonForVisit": "Cough", "language": "en"})");
    EXPECT_EQ(visit.version, 1u);
    const std::string session = api + "/sessions/" + visit.session;

    // The link shows what it leads to and is not used up by that.
    const std::string code = link_code(client_, doctor_, visit.session, visit.patient);
    const HttpResponse preview = client_.post(api + "/visit/preview", {{"token", code}});
    EXPECT_EQ(preview.at("/state"), "open");
    EXPECT_EQ(preview.at("/role"), "patient");

    // The patient comes in and waits.
    const HttpResponse joined = join(client_, code);
    ASSERT_EQ(joined.status, 200) << joined.body;
    EXPECT_EQ(joined.at("/destination"), "waiting_room");
    EXPECT_EQ(joined.at("/participantId"), visit.patient);
    const Headers patient = support::visit(joined.at("/credential"));
    EXPECT_EQ(client_.get(session, doctor_).at("/status"), "waiting");
    SseReader patient_stream{demo_->port(), {"GET", api + "/visit/events", patient, {}}};
    EXPECT_EQ(patient_stream.wait_for("state").at("/participant/status"), "waiting");
    EXPECT_EQ(client_.get(api + "/visit/video", patient).code(), "ACCESS_DENIED");
    const HttpResponse queue = client_.get(api + "/waiting-room", doctor_);
    EXPECT_THAT(texts_at(queue, "/participantId"), Contains(visit.patient));

    // Nobody is let in before a provider is there.
    const auto admit = session + "/participants/" + visit.patient + "/admit";
    EXPECT_EQ(client_.post(admit, {{"version", version_of(client_, doctor_, visit.session)}}, doctor_).code(),
              "PROVIDER_NOT_PRESENT");
    const HttpResponse came =
        client_.post(session + "/participants/" + visit.provider + "/join", {}, doctor_);
    ASSERT_EQ(came.status, 200) << came.body;
    const Headers provider = support::visit(came.at("/credential"));
    SseReader provider_stream{demo_->port(), {"GET", api + "/visit/events", provider, {}}};
    EXPECT_EQ(provider_stream.wait_for("state").at("/participant/status"), "active");

    // Admission starts the visit and reaches the patient's page.
    const HttpResponse admitted =
        client_.post(admit, {{"version", version_of(client_, doctor_, visit.session)}}, doctor_);
    ASSERT_EQ(admitted.status, 200) << admitted.body;
    EXPECT_EQ(admitted.at("/status"), "active");
    EXPECT_FALSE(admitted.at("/actualStart").empty());
    EXPECT_EQ(patient_stream.wait_for("admitted").at("/participantId"), visit.patient);
    const HttpResponse video = client_.get(api + "/visit/video", patient);
    ASSERT_EQ(video.status, 200) << video.body;
    EXPECT_EQ(video.at("/backend"), "embedded");
    EXPECT_EQ(video.at("/peers/0/participantId"), visit.provider);

    // A signal goes to the one peer it names.
    const boost::json::object offer{{"to", visit.provider}, {"kind", "offer"}, {"payload", {{"sdp", "v=0"}}}};
    EXPECT_EQ(client_.post(api + "/visit/signal", offer, patient).status, 202);
    const SseFrame signal = provider_stream.wait_for("signal");
    EXPECT_EQ(signal.at("/from"), visit.patient);
    EXPECT_EQ(signal.at("/payload/sdp"), "v=0");
    EXPECT_THAT(signal.id, IsEmpty());

    // The end closes both streams, and voids every credential but for the last word.
    const HttpResponse ended =
        client_.post(session + "/end", {{"version", version_of(client_, doctor_, visit.session)}}, doctor_);
    ASSERT_EQ(ended.status, 200) << ended.body;
    EXPECT_EQ(ended.at("/status"), "ended");
    EXPECT_EQ(patient_stream.wait_for("ended").at("/status"), "ended");
    EXPECT_EQ(patient_stream.next(), std::nullopt);
    EXPECT_TRUE(patient_stream.is_closed());
    EXPECT_EQ(client_.get(api + "/visit", patient).status, 401);
    EXPECT_EQ(client_.post(api + "/visit/feedback", {{"rating", 5}}, patient).status, 202);

    // The Encounter comes into the record.
    EXPECT_EQ(feed.wait_for("virtual_care.encounter.created.v1").at("/data/sessionId"), visit.session);
    EXPECT_FALSE(client_.get(session, doctor_).at("/encounterId").empty());
    const HttpResponse encounter = client_.get(session + "/fhir", doctor_);
    EXPECT_EQ(encounter.header("Content-Type"), "application/fhir+json");
    EXPECT_EQ(encounter.at("/resourceType"), "Encounter");
    EXPECT_EQ(encounter.at("/status"), "finished");
    EXPECT_EQ(encounter.at("/identifier/0/value"), visit.session);

    // What happened can be read, and was written down.
    const auto timeline = texts_at(client_.get(session + "/timeline", doctor_), "/type");
    EXPECT_THAT(timeline, testing::IsSupersetOf({"session.created", "link.opened", "participant.joined",
                                                 "participant.admitted", "session.started", "session.ended",
                                                 "encounter.created"}));
    const HttpResponse audit =
        client_.get(api + "/audit?sessionId=" + visit.session, demo_->staff("auditor"));
    EXPECT_THAT(texts_at(audit, "/action"),
                testing::IsSupersetOf({"session.create", "join_token.issue", "visit.join",
                                       "participant.admit", "session.end"}));
    const HttpResponse chain = client_.get(api + "/audit/verify", demo_->staff("auditor"));
    EXPECT_EQ(chain.at("/intact"), "true") << chain.body;
    EXPECT_EQ(demo_->command({"audit", "verify"}).exit_code, 0);
}

TEST_F(Visit, is_told_to_the_clinic_as_it_happens_in_events_that_match_their_schemas) {
    SseReader feed{demo_->port(), {"GET", api + "/events", doctor_, {}}};
    ASSERT_EQ(feed.response().status, 200);
    give_consent(client_, doctor_, "patient-feed");
    const BookedVisit visit = book(client_, doctor_, "patient-feed");
    const std::string code = link_code(client_, doctor_, visit.session, visit.patient);
    ASSERT_EQ(join(client_, code).status, 200);

    std::vector<std::string> told;
    while (told.empty() || told.back() != "virtual_care.participant.joined.v1") {
        const auto frame = feed.next();
        ASSERT_TRUE(frame.has_value()) << testing::PrintToString(told);
        if (frame->at("/data/sessionId") != visit.session) continue;
        EXPECT_EQ(frame->event, frame->at("/type"));
        EXPECT_FALSE(frame->id.empty());
        EXPECT_THAT(problems_of_event(frame->json()), IsEmpty()) << frame->data;
        told.push_back(frame->event);
    }
    EXPECT_EQ(told.front(), "virtual_care.session.created.v1");
    EXPECT_THAT(told, Contains("virtual_care.session.waiting.v1"));
}

TEST_F(Visit, asks_for_consent_at_the_join_where_the_clinic_says_so) {
    // The demo's clinic asks on the page, so that a visit can be booked without a consent on file.
    const BookedVisit visit = book(client_, doctor_, "patient-asked");
    const std::string session = api + "/sessions/" + visit.session;
    EXPECT_EQ(client_.get(session, doctor_).at("/consentPending"), "true");
    const std::string code = link_code(client_, doctor_, visit.session, visit.patient);
    const HttpResponse joined = join(client_, code);
    ASSERT_EQ(joined.status, 200) << joined.body;
    EXPECT_EQ(joined.at("/visit/consents/0/status"), "needed");
    const Headers patient = support::visit(joined.at("/credential"));
    ASSERT_EQ(client_.post(session + "/participants/" + visit.provider + "/join", {}, doctor_).status, 200);

    const auto admit = [&] {
        return client_.post(session + "/participants/" + visit.patient + "/admit",
                            {{"version", version_of(client_, doctor_, visit.session)}}, doctor_);
    };
    EXPECT_EQ(admit().code(), "CONSENT_REQUIRED");
    const boost::json::object granted{{"type", "telehealth"},
                                      {"decision", "granted"},
                                      {"textVersion", joined.at("/visit/consents/0/textVersion")}};
    const HttpResponse answered = client_.post(api + "/visit/consents", granted, patient);
    EXPECT_EQ(answered.at("/consents/0/status"), "granted") << answered.body;
    EXPECT_EQ(admit().at("/status"), "active");

    // A withdrawal in the visit ends it at once.
    const boost::json::object withdrawn{{"type", "telehealth"},
                                        {"decision", "withdrawn"},
                                        {"textVersion", joined.at("/visit/consents/0/textVersion")}};
    client_.post(api + "/visit/consents", withdrawn, patient);
    const HttpResponse after = client_.get(session, doctor_);
    EXPECT_EQ(after.at("/status"), "ended");
    EXPECT_EQ(after.at("/endReason"), "consent_withdrawn");
}

TEST_F(Visit, admits_an_interpreter_together_with_the_patient_they_are_linked_to) {
    give_consent(client_, doctor_, "patient-linked");
    const BookedVisit visit = book(client_, doctor_, "patient-linked", R"({"participants": [
        {"role": "provider", "userId": "dr-rahimi"}, {"role": "patient"},
        {"role": "interpreter", "linkedTo": "patient", "displayName": "Omar"}]})");
    const std::string session = api + "/sessions/" + visit.session;
    const boost::json::value people = client_.get(session, doctor_).json();
    std::string interpreter;
    for (const auto& who : people.at("participants").as_array()) {
        if (at(who, "/role") == "interpreter") interpreter = at(who, "/id");
    }
    for (const std::string& who : {visit.patient, interpreter}) {
        ASSERT_EQ(join(client_, link_code(client_, doctor_, visit.session, who)).status, 200);
    }
    ASSERT_EQ(client_.post(session + "/participants/" + visit.provider + "/join", {}, doctor_).status, 200);

    const HttpResponse admitted = client_.post(
        session + "/participants/" + visit.patient + "/admit",
        {{"version", version_of(client_, doctor_, visit.session)}, {"withLinked", true}}, doctor_);

    ASSERT_EQ(admitted.status, 200) << admitted.body;
    for (const auto& who : admitted.json().at("participants").as_array()) {
        EXPECT_THAT((std::vector<std::string>{"admitted", "active"}), Contains(at(who, "/status")));
    }
}

}  // namespace
}  // namespace vcare::support
