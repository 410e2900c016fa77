// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "support/event_ledger.hpp"

/// What tests of events of other services are written with.
namespace vcare::support {

/// How events come here.
enum class Road { cloud_events, plain, by_hand };

inline std::string name_of(const testing::TestParamInfo<Road>& info) {
    if (info.param == Road::cloud_events) return "cloud_events";
    return info.param == Road::plain ? "plain" : "by_hand";
}

/// An event in the words of events.md.
struct Told {
    std::string type;
    boost::json::object data;
    std::string id;
    int said_at = 0;  ///< minutes after the others of its test began
};

inline std::string said(int minute) {
    return minutes_from_now(minute - 60);
}

/// The subject of the plain shape.
inline std::string plain_subject(const std::string& type) {
    static const std::map<std::string, std::string> subjects = {
        {"scheduling.appointment.scheduled.v1", "SCHEDULING.appointment.created"},
        {"scheduling.appointment.rescheduled.v1", "SCHEDULING.appointment.updated"},
        {"scheduling.appointment.cancelled.v1", "SCHEDULING.appointment.cancelled"},
        {"scheduling.appointment.noshow.v1", "SCHEDULING.appointment.noshow"},
        {"access_policy.consent.revoked.v1", "ACCESS_POLICY.consent.revoked"},
        {"access_policy.consent.granted.v1", "ACCESS_POLICY.consent.granted"},
        {"identity.user.deactivated.v1", "IDENTITY.user.deactivated"},
        {"identity.user.suspended.v1", "IDENTITY.user.suspended"},
        {"identity.session.revoked.v1", "IDENTITY.session.revoked"},
        {"registration.patient.vital_status_changed.v1", "REGISTRATION.patient.vital_status_changed"},
        {"registration.patient.merged.v1", "REGISTRATION.patient.merged"},
        {"communication.thread.created", "COMMUNICATION.thread.created"},
        {"licensing.entitlement.changed.v1", "LICENSING.entitlement.changed"},
    };
    return subjects.at(type);
}

inline const std::vector<std::string> areas = {"SCHEDULING",   "ACCESS_POLICY", "IDENTITY",
                                               "REGISTRATION", "COMMUNICATION", "LICENSING"};

inline std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

inline std::string cloud_event(const Told& told) {
    return boost::json::serialize(boost::json::object{{"specversion", "1.0"},
                                                      {"id", told.id},
                                                      {"type", told.type},
                                                      {"source", "/services/other"},
                                                      {"time", said(told.said_at)},
                                                      {"tenantid", "north"},
                                                      {"actorid", "clerk-1"},
                                                      {"correlationid", "corr-1"},
                                                      {"data", told.data}});
}

inline std::string plain_event(const Told& told) {
    boost::json::object data = told.data;
    data["tenantId"] = "north";
    data["actorId"] = "clerk-1";
    if (told.type == "scheduling.appointment.rescheduled.v1") data["newSlotId"] = "slot-2";
    return boost::json::serialize(boost::json::object{
        {"eventId", told.id}, {"occurredAt", said(told.said_at)}, {"data", std::move(data)}});
}

/// A service, and a platform that tells it things.
class InboxOn {
  public:
    explicit InboxOn(Road road) : road_(road) {
        if (road_ == Road::by_hand) return;
        for (const std::string& area : areas)
            broker_.make_stream_of_others(area, road_ == Road::plain ? area : lower(area));
    }

    [[nodiscard]] std::string settings() const {
        if (road_ == Road::by_hand) return "";
        return "events.url = \"" + broker_.url() + "\"\nevents.mapping = \"" +
               (road_ == Road::plain ? "plain" : "cloudevents") + "\"\n";
    }
    /// The same message as often as wanted.
    void tell(const Server& server, const Told& told, int times = 1) const {
        for (int i = 0; i < times; ++i) {
            if (road_ == Road::cloud_events) broker_.tell(told.type, cloud_event(told));
            if (road_ == Road::plain) broker_.tell(plain_subject(told.type), plain_event(told));
            if (road_ != Road::by_hand) continue;
            const auto file = server.data() / "told.ndjson";
            write_text(file, cloud_event(told) + "\n");
            const Finished taken = server.command({"inbox", "take", file.string(), "--json"});
            EXPECT_EQ(taken.exit_code, 0) << taken.error;
            EXPECT_EQ(at(json(taken.output), "/taken"), "1");
        }
    }
    [[nodiscard]] bool is_drained() const {
        if (road_ == Road::by_hand) return true;
        return becomes_true([&] {
            std::uint64_t open = 0;
            for (const std::string& area : areas) open += broker_.unacknowledged(area);
            return open == 0;
        });
    }
    [[nodiscard]] const NatsServer& broker() const { return broker_; }

  private:
    Road road_;
    NatsServer broker_;
};

class Inbox : public testing::TestWithParam<Road> {
  protected:
    void tell(const std::string& type, boost::json::object data, int said_at = 0, int times = 1) {
        platform_.tell(server_, {type, std::move(data), "told-" + std::to_string(++told_), said_at}, times);
    }
    void schedule(const std::string& appointment, const std::string& patient, int starts_in, int said_at = 0,
                  int times = 1, bool names_provider = true) {
        boost::json::object data{{"appointmentId", appointment},
                                 {"patientId", patient},
                                 {"visitType", "virtual"},
                                 {"startAt", starts(starts_in)}};
        if (names_provider) data["providerId"] = "dr-north";
        tell("scheduling.appointment.scheduled.v1", std::move(data), said_at, times);
    }
    /// One and the same time whenever it is asked for.
    std::string starts(int in_minutes) {
        auto [found, is_new] = starts_.try_emplace(in_minutes);
        if (is_new) found->second = minutes_from_now(in_minutes);
        return found->second;
    }
    [[nodiscard]] boost::json::array visits_of(const std::string& patient) {
        const HttpResponse listed =
            client_.get(std::string{base_path} + "/sessions?patientId=" + patient, staff_);
        EXPECT_EQ(listed.status, 200) << listed.body;
        return listed.json().at("items").as_array();
    }
    /// What the only visit of a patient has at a pointer; empty when there is not exactly one.
    [[nodiscard]] std::string of_visit(const std::string& patient, std::string_view pointer) {
        const auto visits = visits_of(patient);
        return visits.size() == 1 ? at(visits[0], pointer) : "";
    }
    [[nodiscard]] bool becomes(const std::string& patient, std::string_view pointer,
                               const std::string& value) {
        return becomes_true([&] { return of_visit(patient, pointer) == value; });
    }
    [[nodiscard]] std::map<std::string, std::string> waiting() {
        std::map<std::string, std::string> waiting;
        const HttpResponse listed = client_.get(std::string{base_path} + "/appointments/waiting", staff_);
        EXPECT_EQ(listed.status, 200) << listed.body;
        for (const auto& item : listed.json().at("items").as_array())
            waiting[at(item, "/appointmentId")] = at(item, "/waitsFor");
        return waiting;
    }
    [[nodiscard]] boost::json::array failures() const {
        return json(server_.command({"inbox", "list", "--json"}).output).as_array();
    }
    [[nodiscard]] double metric(const std::string& name) const {
        const std::string text = "\n" + server_.admin_client().get("/metrics").body;
        const auto found = text.find("\n" + name + " ");
        return found == std::string::npos ? -1 : std::stod(text.substr(found + name.size() + 2));
    }
    /// A visit that has begun.
    BookedVisit live_visit(const std::string& patient, const std::string& more_json = "{}") {
        give_consent(client_, staff_, patient);
        BookedVisit booked = book(client_, staff_, patient, more_json);
        const std::string people = std::string{base_path} + "/sessions/" + booked.session + "/participants/";
        const HttpResponse joined = join(client_, link_code(client_, staff_, booked.session, booked.patient));
        EXPECT_EQ(joined.status, 200) << joined.body;
        credential_ = joined.at("/credential");
        EXPECT_EQ(client_.post(people + booked.provider + "/join", {}, staff_).status, 200);
        const auto version = version_of(client_, staff_, booked.session);
        const auto admitted =
            client_.post(people + booked.patient + "/admit", {{"version", version}}, staff_);
        EXPECT_EQ(admitted.status, 200) << admitted.body;
        return booked;
    }

    TempFolder folder_;
    InboxOn platform_{GetParam()};
    Server server_{folder_.path(), platform_.settings()};
    HttpClient client_ = server_.client();
    Headers staff_ =
        server_.token("north", "dr-north", {"clinician", "admin", "tenant_admin"}, {"--ttl", "86400"});
    std::string credential_;  ///< of the patient of the last live visit
    int told_ = 0;
    std::map<int, std::string> starts_;
};

}  // namespace vcare::support
