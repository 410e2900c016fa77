// SPDX-License-Identifier: Apache-2.0
#include "adapters/events/event_mapping.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace vcare::events {
namespace {

namespace json = boost::json;
using application::InboundBody;
using application::InboundEvent;
using application::InboundMessage;
using application::NotForUs;
using application::ReadMessage;
using application::Unreadable;

using Pointers = std::vector<std::string>;
using PointersByName = std::map<std::string, Pointers, std::less<>>;

constexpr std::size_t longest_text = 256;
constexpr std::size_t most_depth = 32;
constexpr std::string_view our_module = "TELEMED-VC";

/// What a consumed event must and may have.
struct EventForm {
    std::string_view event;
    std::vector<std::string_view> required;
    std::vector<std::string_view> optional = {};
};
const std::vector<EventForm>& forms() {
    static const std::vector<EventForm> all = {
        {"scheduling.appointment.scheduled.v1",
         {"appointmentId", "patientId", "visitType", "start"},
         {"providerId", "nodeId", "language", "end"}},
        {"scheduling.appointment.rescheduled.v1", {"appointmentId", "start"}, {"providerId", "end"}},
        {"scheduling.appointment.cancelled.v1", {"appointmentId"}},
        {"scheduling.appointment.noshow.v1", {"appointmentId"}},
        {"access_policy.consent.revoked.v1", {"patientId", "consentType"}},
        {"access_policy.consent.granted.v1", {"patientId", "consentType"}},
        {"identity.user.deactivated.v1", {"userId"}},
        {"identity.user.suspended.v1", {"userId"}},
        {"identity.session.revoked.v1", {"userId"}, {"sid"}},
        {"registration.patient.vital_status_changed.v1", {"patientId", "vitalStatus"}},
        {"registration.patient.merged.v1", {"fromPatientId", "intoPatientId"}},
        {"communication.thread.created", {"sessionId", "threadId"}},
        {"licensing.entitlement.changed.v1", {"licensed"}, {"module", "nodeId"}},
    };
    return all;
}

/// Which words of a producer mean yes, unless the mapping says others.
const PointersByName& usual_words() {
    static const PointersByName words = {
        {"visitType", {"virtual", "telehealth", "video"}},
        {"vitalStatus", {"deceased", "dead"}},
        {"licensed", {"true", "active", "licensed", "granted"}},
    };
    return words;
}

struct MappedEvent {
    std::string event;
    std::set<std::string, std::less<>> types;
    std::string only_with = {};
    PointersByName fields;
    PointersByName words;
};

/// Something is wrong with the document.
struct Wrong {
    std::string sentence;
};

const json::value* at(const json::value& document, std::string_view pointer) {
    boost::system::error_code none;
    return document.find_pointer(pointer, none);
}

/// Null when it is not there. Lives as long as the object.
const json::value& part(const json::object& object, std::string_view name) {
    static const json::value nothing;
    const json::value* found = object.if_contains(name);
    return found ? *found : nothing;
}

std::string text_in(const json::value& value, const std::string& where) {
    if (!value.is_string() || value.get_string().empty()) throw Wrong{where + " must be a text"};
    return std::string{value.get_string()};
}

Pointers texts_in(const json::value& value, const std::string& where) {
    if (value.is_string()) return {text_in(value, where)};
    if (!value.is_array()) throw Wrong{where + " must be a text or a list of texts"};
    Pointers texts;
    for (const json::value& item : value.get_array()) texts.push_back(text_in(item, where));
    return texts;
}

Pointers pointers_in(const json::value& value, const std::string& where) {
    Pointers pointers = texts_in(value, where);
    for (const std::string& pointer : pointers) {
        if (!pointer.starts_with('/')) throw Wrong{where + " must be JSON pointers, which begin with /"};
    }
    return pointers;
}

const json::object& object_in(const json::value& value, const std::string& where) {
    if (!value.is_object()) throw Wrong{where + " must be an object"};
    return value.get_object();
}

void only_keys(const json::object& object, std::span<const std::string_view> known,
               const std::string& where) {
    for (const auto& [key, value] : object) {
        if (std::ranges::find(known, std::string_view{key}) == known.end())
            throw Wrong{where + " has the unknown key " + std::string{key}};
    }
}

std::vector<MappedStream> streams_in(const json::object& document) {
    const json::value* listed = document.if_contains("streams");
    if (!listed || !listed->is_array() || listed->get_array().empty())
        throw Wrong{"streams must be a list of the streams to read"};
    std::vector<MappedStream> streams;
    for (const json::value& item : listed->get_array()) {
        const json::object& object = object_in(item, "each of streams");
        only_keys(object, std::array<std::string_view, 2>{"name", "filter"}, "each of streams");
        MappedStream stream{.name = text_in(part(object, "name"), "name of a stream")};
        const bool has_form = stream.name.find_first_of(". *>\t") == std::string::npos;
        if (!has_form) throw Wrong{"name of a stream must have no dot, space, * or >"};
        if (const json::value* filter = object.if_contains("filter"))
            stream.filter = text_in(*filter, "filter of a stream");
        streams.push_back(std::move(stream));
    }
    return streams;
}

PointersByName head_in(const json::object& document) {
    constexpr std::array<std::string_view, 7> known = {"id",    "type",        "time",       "tenant",
                                                       "actor", "correlation", "traceparent"};
    const json::object& object = object_in(part(document, "head"), "head");
    only_keys(object, known, "head");
    PointersByName head;
    for (const auto& [key, value] : object) head[key] = pointers_in(value, "head." + std::string{key});
    if (!head.contains("tenant")) throw Wrong{"head.tenant must say where the tenant is"};
    return head;
}

MappedEvent event_in(const json::value& item) {
    const json::object& object = object_in(item, "each of events");
    only_keys(object, std::array<std::string_view, 5>{"event", "types", "only_with", "fields", "words"},
              "each of events");
    MappedEvent mapped{.event = text_in(part(object, "event"), "event of each of events")};
    const auto form = std::ranges::find(forms(), mapped.event, &EventForm::event);
    if (form == forms().end()) throw Wrong{mapped.event + " is no event that is consumed"};
    mapped.types.insert(mapped.event);
    if (const json::value* types = object.if_contains("types")) {
        for (std::string& type : texts_in(*types, mapped.event + ": types")) mapped.types.insert(type);
    }
    if (const json::value* pointer = object.if_contains("only_with"))
        mapped.only_with = pointers_in(*pointer, mapped.event + ": only_with").at(0);
    for (const auto& [key, value] : object_in(part(object, "fields"), mapped.event + ": fields")) {
        const bool is_known =
            std::ranges::find(form->required, std::string_view{key}) != form->required.end() ||
            std::ranges::find(form->optional, std::string_view{key}) != form->optional.end();
        if (!is_known) throw Wrong{mapped.event + ": there is no field " + std::string{key}};
        mapped.fields[key] = pointers_in(value, mapped.event + ": " + std::string{key});
    }
    for (const std::string_view required : form->required) {
        if (!mapped.fields.contains(required))
            throw Wrong{mapped.event + ": fields must say where " + std::string{required} + " is"};
    }
    mapped.words = usual_words();
    if (const json::value* words = object.if_contains("words")) {
        for (const auto& [key, value] : object_in(*words, mapped.event + ": words")) {
            if (!usual_words().contains(std::string_view{key}))
                throw Wrong{mapped.event + ": words are said of visitType, vitalStatus and licensed only"};
            mapped.words[key] = texts_in(value, mapped.event + ": words");
        }
    }
    return mapped;
}

/// A message breaks its form.
struct Broken {
    std::string problem;
};

/// The fields of one message, as its mapping finds them.
class Fields {
  public:
    Fields(const json::value& document, const PointersByName& pointers)
        : document_(document), pointers_(pointers) {}

    [[nodiscard]] std::optional<std::string> find(std::string_view name) const {
        const auto known = pointers_.find(name);
        if (known == pointers_.end()) return std::nullopt;
        for (const std::string& pointer : known->second) {
            const json::value* value = at(document_, pointer);
            if (!value || value->is_null()) continue;
            if (value->is_bool()) return value->get_bool() ? "true" : "false";
            if (!value->is_string()) throw Broken{std::string{name} + " is no text"};
            if (value->get_string().size() > longest_text) throw Broken{std::string{name} + " is too long"};
            if (value->get_string().empty()) continue;
            return std::string{value->get_string()};
        }
        return std::nullopt;
    }
    [[nodiscard]] std::string text(std::string_view name) const {
        auto value = find(name);
        if (!value) throw Broken{std::string{name} + " is missing"};
        return *std::move(value);
    }
    template <class Id>
    [[nodiscard]] Id id(std::string_view name) const {
        auto id = Id::parse(text(name));
        if (!id) throw Broken{std::string{name} + " has not the form of an id"};
        return *std::move(id);
    }
    template <class Id>
    [[nodiscard]] std::optional<Id> optional_id(std::string_view name) const {
        return find(name) ? std::optional{id<Id>(name)} : std::nullopt;
    }
    [[nodiscard]] domain::Instant time(std::string_view name) const {
        const auto at = domain::parse_rfc3339(text(name));
        if (!at) throw Broken{std::string{name} + " is no time (RFC 3339)"};
        return *at;
    }
    [[nodiscard]] domain::AppointmentTime window() const {
        domain::AppointmentTime window{.start = time("start")};
        if (find("end")) window.end = time("end");
        const bool has_length = !window.end || *window.end > window.start;
        if (!has_length) throw Broken{"end is not after start"};
        const bool is_a_visit = !window.end || *window.end - window.start <= domain::hours{24};
        if (!is_a_visit) throw Broken{"end is more than 24 hours after start"};
        return window;
    }

  private:
    const json::value& document_;
    const PointersByName& pointers_;
};

bool is_one_of(const std::string& word, const Pointers& words) {
    const auto lower = [](std::string_view text) {
        std::string result{text};
        std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
        return result;
    };
    return std::ranges::any_of(words, [&](const std::string& known) { return lower(known) == lower(word); });
}

/// BCP 47, as far as this service uses it.
bool is_language(std::string_view text) {
    const bool has_size = text.size() >= 2 && text.size() <= 35;
    return has_size && std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) || c == '-'; });
}

InboundBody appointment_scheduled(const MappedEvent& mapped, const Fields& fields) {
    application::AppointmentScheduled told{
        .appointment = fields.id<domain::AppointmentId>("appointmentId"),
        .is_virtual = is_one_of(fields.text("visitType"), mapped.words.at("visitType")),
        .people = {.patient = fields.id<domain::PatientId>("patientId"),
                   .provider = fields.optional_id<domain::UserId>("providerId"),
                   .node = fields.optional_id<domain::NodeId>("nodeId")},
        .time = fields.window()};
    if (auto language = fields.find("language"); language && is_language(*language))
        told.people.language = std::move(language);
    return told;
}

/// Nothing when it is about a kind of consent that no gate here asks for.
template <class Told>
std::optional<InboundBody> consent(const Fields& fields) {
    const auto type = domain::parse_wire<domain::ConsentType>(fields.text("consentType"));
    if (!type) return std::nullopt;
    return Told{fields.id<domain::PatientId>("patientId"), *type};
}

InboundBody user_barred(const Fields& fields, std::string reason) {
    return application::UserBarred{fields.id<domain::UserId>("userId"), std::move(reason)};
}

InboundBody sign_in_revoked(const Fields& fields) {
    return application::UserBarred{fields.id<domain::UserId>("userId"), "session_revoked",
                                   fields.find("sid").value_or(std::string{})};
}

InboundBody patient_merged(const Fields& fields) {
    application::PatientMerged told{fields.id<domain::PatientId>("fromPatientId"),
                                    fields.id<domain::PatientId>("intoPatientId")};
    if (told.from == told.into) throw Broken{"intoPatientId is fromPatientId"};
    return told;
}

InboundBody entitlement(const MappedEvent& mapped, const Fields& fields) {
    const bool is_ours = fields.find("module").value_or(std::string{our_module}) == our_module;
    return application::EntitlementChanged{
        .is_ours = is_ours,
        .node = is_ours ? fields.optional_id<domain::NodeId>("nodeId") : std::nullopt,
        .licensed = is_one_of(fields.text("licensed"), mapped.words.at("licensed"))};
}

std::optional<InboundBody> body_of(const MappedEvent& mapped, const Fields& fields) {
    using namespace application;
    const std::string& event = mapped.event;
    const auto appointment = [&] { return fields.id<domain::AppointmentId>("appointmentId"); };
    if (event == "scheduling.appointment.scheduled.v1") return appointment_scheduled(mapped, fields);
    if (event == "scheduling.appointment.rescheduled.v1")
        return AppointmentRescheduled{appointment(), fields.window(),
                                      fields.optional_id<domain::UserId>("providerId")};
    if (event == "scheduling.appointment.cancelled.v1") return AppointmentCancelled{appointment()};
    if (event == "scheduling.appointment.noshow.v1") return AppointmentMissed{appointment()};
    if (event == "access_policy.consent.revoked.v1") return consent<ConsentRevoked>(fields);
    if (event == "access_policy.consent.granted.v1") return consent<ConsentGranted>(fields);
    if (event == "identity.user.deactivated.v1") return user_barred(fields, "user_deactivated");
    if (event == "identity.user.suspended.v1") return user_barred(fields, "user_suspended");
    if (event == "identity.session.revoked.v1") return sign_in_revoked(fields);
    if (event == "registration.patient.vital_status_changed.v1")
        return VitalStatusChanged{fields.id<domain::PatientId>("patientId"),
                                  is_one_of(fields.text("vitalStatus"), mapped.words.at("vitalStatus"))};
    if (event == "registration.patient.merged.v1") return patient_merged(fields);
    if (event == "communication.thread.created")
        return ThreadCreated{fields.id<domain::SessionId>("sessionId"),
                             fields.id<domain::UserId>("threadId").text()};
    return entitlement(mapped, fields);
}

/// 1 to 256 visible characters.
bool is_message_id(std::string_view text) {
    return !text.empty() && text.size() <= longest_text &&
           std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c < 0x7f; });
}

class JsonMapping final : public EventMapping {
  public:
    JsonMapping(std::vector<MappedStream> streams, PointersByName head, std::vector<MappedEvent> events)
        : streams_(std::move(streams)), head_(std::move(head)), events_(std::move(events)) {}

    const std::vector<MappedStream>& streams() const override { return streams_; }

    ReadMessage read(const InboundMessage& message) const override {
        boost::system::error_code problem;
        json::parse_options options;
        options.max_depth = most_depth;
        const json::value document = json::parse(message.body, problem, {}, options);
        if (problem) return Unreadable{.problem = "is no JSON"};
        if (!document.is_object()) return Unreadable{.problem = "is no JSON object"};
        Unreadable unreadable;
        try {
            return understand(message, document, &unreadable);
        } catch (const Broken& broken) {
            unreadable.problem = broken.problem;
        }
        return unreadable;
    }

  private:
    ReadMessage understand(const InboundMessage& message, const json::value& document,
                           Unreadable* known) const {
        const Fields head{document, head_};
        const auto type = head.find("type").value_or("");
        const auto id = head.find("id").value_or(message.id.empty() ? message.place() : message.id);
        if (!is_message_id(id)) throw Broken{"id is not 1 to 256 visible characters"};
        known->message_id = id;
        const MappedEvent* mapped = find(type, message.subject);
        if (!mapped) throw Broken{"is of an unknown type"};
        known->type = mapped->event;
        const auto tenant = domain::TenantId::parse(head.text("tenant"));
        if (!tenant) throw Broken{"tenant has not the form of an id"};
        known->tenant = tenant->text();
        if (!mapped->only_with.empty()) {
            const json::value* marked = at(document, mapped->only_with);
            if (!marked || marked->is_null()) return NotForUs{};
        }
        auto body = body_of(*mapped, Fields{document, mapped->fields});
        if (!body) return NotForUs{};
        InboundEvent event{.head = {.tenant = *tenant,
                                    .consumer = inbox_consumer,
                                    .message_id = id,
                                    .type = mapped->event,
                                    .said_at = said_at(head, message)},
                           .body = *std::move(body)};
        if (const auto actor = head.find("actor"); actor && domain::is_opaque_id(*actor))
            event.head.actor = *actor;
        event.head.correlation_id = head.find("correlation").value_or("");
        event.head.cause = domain::TraceContext::parse(head.find("traceparent").value_or(""))
                               .value_or(domain::TraceContext{});
        return event;
    }

    /// An event that does not say when counts as said when its stream took it.
    static domain::Instant said_at(const Fields& head, const InboundMessage& message) {
        if (!head.find("time")) return message.stored_at;
        return head.time("time");
    }

    /// By its own type, else by what it was sent to.
    [[nodiscard]] const MappedEvent* find(std::string_view type, std::string_view subject) const {
        for (const std::string_view name : {type, subject}) {
            if (name.empty()) continue;
            const auto found = std::ranges::find_if(
                events_, [name](const MappedEvent& event) { return event.types.contains(name); });
            if (found != events_.end()) return &*found;
        }
        return nullptr;
    }

    const std::vector<MappedStream> streams_;
    const PointersByName head_;
    const std::vector<MappedEvent> events_;
};

}  // namespace

std::expected<std::unique_ptr<EventMapping>, std::string> parse_event_mapping(std::string_view document) {
    boost::system::error_code problem;
    const json::value parsed = json::parse(document, problem);
    if (problem) return std::unexpected{"is no JSON: " + problem.message()};
    try {
        const json::object& object = object_in(parsed, "the mapping");
        only_keys(object, std::array<std::string_view, 3>{"streams", "head", "events"}, "the mapping");
        auto streams = streams_in(object);
        auto head = head_in(object);
        const json::value* listed = object.if_contains("events");
        if (!listed || !listed->is_array() || listed->get_array().empty())
            throw Wrong{"events must be a list of the events that are consumed"};
        std::vector<MappedEvent> events;
        for (const json::value& item : listed->get_array()) events.push_back(event_in(item));
        return std::make_unique<JsonMapping>(std::move(streams), std::move(head), std::move(events));
    } catch (const Wrong& wrong) {
        return std::unexpected{wrong.sentence};
    }
}

}  // namespace vcare::events
