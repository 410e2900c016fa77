// SPDX-License-Identifier: Apache-2.0
#include "adapters/json/visit_codec.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "adapters/json/fields.hpp"
#include "adapters/json/tenant_config_codec.hpp"

namespace vcare::json {
namespace {

using boost::json::serialize;

object to_json(const application::ConsentView& consent) {
    return {{"type", domain::to_wire(consent.type)}, {"required", consent.required},
            {"answerable", consent.answerable},      {"status", domain::to_wire(consent.status)},
            {"textVersion", consent.text_version},   {"text", consent.text},
            {"language", consent.language}};
}

array to_json(const std::vector<application::ConsentView>& consents) {
    array list;
    for (const auto& consent : consents) list.push_back(to_json(consent));
    return list;
}

object to_json(const domain::SessionData& session) {
    object part{{"id", session.id.text()},
                {"status", domain::to_wire(session.status)},
                {"mode", domain::to_wire(session.mode)},
                {"scheduledStart", text_of(session.scheduled_start)},
                {"scheduledEnd", text_of(session.scheduled_end)}};
    put(part, "language", session.language);
    return part;
}

object self_of(const domain::Participant& self) {
    object part{{"id", self.id.text()},
                {"role", domain::to_wire(self.role)},
                {"status", domain::to_wire(self.status)}};
    put_if_any(part, "displayName", self.display_name.reveal());
    put(part, "language", self.language);
    return part;
}

object other_of(const domain::Participant& other) {
    object part{{"id", other.id.text()}, {"role", domain::to_wire(other.role)}};
    put_if_any(part, "displayName", other.display_name.reveal());
    part["status"] = domain::to_wire(other.status);
    part["connection"] = domain::to_wire(other.connection);
    return part;
}

object to_json(const application::VisitView& view) {
    object document;
    document["session"] = to_json(view.session);
    document["participant"] = self_of(view.self);
    array others;
    for (const auto& other : view.others) others.push_back(other_of(other));
    document["participants"] = std::move(others);
    document["branding"] = json::to_json(view.branding);
    document["consents"] = to_json(view.consents);
    document["recording"] = object{{"status", "off"}};
    document["notice"] = nullptr;
    document["queue"] = nullptr;
    if (view.queue_position) document["queue"] = object{{"position", *view.queue_position}};
    return document;
}

struct ToFrame {
    FrameText operator()(const application::StateFrame& frame) const {
        return {"state", serialize(to_json(frame.view))};
    }
    FrameText operator()(const application::AdmittedFrame& frame) const {
        return {"admitted", serialize(object{{"sessionId", frame.session.text()},
                                             {"participantId", frame.participant.text()},
                                             {"at", text_of(frame.at)}})};
    }
    FrameText operator()(const application::RemovedFrame& frame) const {
        return {"removed",
                serialize(object{{"participantId", frame.participant.text()}, {"reason", frame.reason}})};
    }
    FrameText operator()(const application::EndedFrame& frame) const {
        return {"ended", serialize(object{{"sessionId", frame.session.text()},
                                          {"status", domain::to_wire(frame.status)},
                                          {"reason", frame.reason},
                                          {"at", text_of(frame.at)}})};
    }
    FrameText operator()(const application::ModeFrame& frame) const {
        return {"mode", serialize(object{{"mode", domain::to_wire(frame.mode)}, {"reason", frame.reason}})};
    }
};

/// JSON text that this service wrote, as a value.
value value_of(std::string_view text) {
    boost::system::error_code broken;
    auto parsed = boost::json::parse({text.data(), text.size()}, broken);
    return broken ? value{} : parsed;
}

}  // namespace

std::string encode_visit(const application::VisitView& view) {
    return serialize(to_json(view));
}

std::string encode_joined(const application::Joined& joined) {
    return serialize(object{{"destination", joined.direct ? "direct_join" : "waiting_room"},
                            {"sessionId", joined.session.text()},
                            {"participantId", joined.participant.text()},
                            {"visit", to_json(joined.view)}});
}

std::string encode_staff_joined(const application::Joined& joined) {
    return serialize(object{{"visit", to_json(joined.view)}});
}

std::string with_credential(std::string_view kept, std::string_view credential) {
    auto document = parse_object(kept).value_or(object{});
    document["credential"] = credential;
    return serialize(document);
}

std::string encode_join_window(const domain::JoinWindow& window) {
    return serialize(
        object{{"validFrom", text_of(window.valid_from)}, {"expiresAt", text_of(window.expires_at)}});
}

std::string with_link(std::string_view kept, std::string_view token, std::string_view join_url) {
    auto document = parse_object(kept).value_or(object{});
    document["token"] = token;
    document["joinUrl"] = join_url;
    return serialize(document);
}

std::string encode_preview(const application::LinkPreview& preview) {
    object document{{"state", domain::to_wire(preview.state)}, {"branding", to_json(preview.branding)}};
    put(document, "participantId", preview.participant);
    put_if_any(document, "timeZone", preview.time_zone);
    if (preview.open) {
        document["validFrom"] = text_of(preview.open->valid_from);
        document["session"] = object{{"scheduledStart", text_of(preview.open->scheduled_start)},
                                     {"scheduledEnd", text_of(preview.open->scheduled_end)}};
        put_if_any(document, "providerName", preview.open->provider_name.reveal());
        document["role"] = domain::to_wire(preview.open->role);
        document["language"] = preview.open->language;
        document["whereaboutsRequired"] = preview.open->whereabouts_required;
        document["consents"] = to_json(preview.open->consents);
    }
    return serialize(document);
}

std::string encode_consent_questions(const std::vector<application::ConsentView>& consents) {
    return serialize(object{{"consents", to_json(consents)}});
}

std::string encode_advice(domain::FallbackAdvice advice) {
    return serialize(object{{"advice", domain::to_wire(advice)}});
}

std::string encode_video_access(const application::EnterVideo::Access& access) {
    array servers;
    for (const auto& server : access.ice_servers) {
        array urls;
        for (const auto& url : server.urls) urls.emplace_back(url);
        object part{{"urls", std::move(urls)}};
        put_if_any(part, "username", server.username);
        put_if_any(part, "credential", server.credential);
        servers.push_back(std::move(part));
    }
    array peers;
    for (const auto& peer : access.peers)
        peers.push_back(object{{"participantId", peer.id.text()}, {"role", domain::to_wire(peer.role)}});
    return serialize(
        object{{"backend", access.backend}, {"iceServers", std::move(servers)}, {"peers", std::move(peers)}});
}

FrameText encode_frame(const application::VisitFrame& frame) {
    return std::visit(ToFrame{}, frame.data);
}

FrameText encode_signal(const application::Signal& signal) {
    object data{{"from", signal.from.text()}, {"kind", signal.kind}};
    if (!signal.payload.empty()) data["payload"] = value_of(signal.payload);
    return {"signal", serialize(data)};
}

std::string wrap_frame(const domain::ParticipantId& participant, const FrameText& frame) {
    return serialize(object{
        {"participantId", participant.text()}, {"event", frame.event}, {"data", value_of(frame.data)}});
}

}  // namespace vcare::json
