// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/ids.hpp"

namespace vcare::domain {

/// Every event the service publishes. The one list is `api/events/`; this is generated from it.
enum class EventType : std::uint8_t {
#define VCARE_EVENT(identifier, wire, retention) identifier,
#include "generated/event_types.inc"
#undef VCARE_EVENT
};

/// The type's name on the wire, which is its subject on the broker too.
[[nodiscard]] std::string_view to_wire(EventType type);
[[nodiscard]] std::optional<EventType> parse_event_type(std::string_view wire);

struct EventField;
using EventRecord = std::vector<EventField>;

/// What an event may hold: ids, states, numbers and times, lists and records of such. Never PHI: there is no
/// way to put a `Phi` in.
using EventValue = std::variant<std::string, std::int64_t, bool, std::vector<std::string>,
                                std::vector<EventRecord>, EventRecord>;

struct EventField {
    std::string name;
    EventValue value;
};

/// A field's text; empty when there is none, or no text in it.
[[nodiscard]] std::string_view text_of(const EventRecord& record, std::string_view name);
/// A field that is a record itself; null when there is none.
[[nodiscard]] const EventRecord* record_of(const EventRecord& record, std::string_view name);

/// Something that happened, to be told by the outbox. `subject` is the id of what it is about; `session` is
/// what keeps the order of a visit's events (empty for events about no session).
struct Event {
    EventType type;
    std::string subject;
    std::string session = {};
    EventRecord data = {};
};

/// Builds an event's data field by field; an absent optional leaves its field out.
class EventData {
  public:
    EventData& add(std::string name, std::string value);
    EventData& add(std::string name, std::string_view value) {
        return add(std::move(name), std::string{value});
    }
    EventData& add(std::string name, const char* value) { return add(std::move(name), std::string{value}); }
    EventData& add(std::string name, Instant at) { return add(std::move(name), to_rfc3339(at)); }
    EventData& add(std::string name, std::int64_t value);
    EventData& add(std::string name, std::vector<std::string> values);
    EventData& add(std::string name, std::vector<EventRecord> records);
    EventData& add(std::string name, EventRecord record);
    template <class Tag>
    EventData& add(std::string name, const OwnId<Tag>& id) {
        return add(std::move(name), id.text());
    }
    template <class Tag>
    EventData& add(std::string name, const OpaqueId<Tag>& id) {
        return add(std::move(name), id.text());
    }
    template <class T>
    EventData& add(std::string name, const std::optional<T>& value) {
        return value ? add(std::move(name), *value) : *this;
    }

    [[nodiscard]] EventRecord take() { return std::move(fields_); }

  private:
    EventRecord fields_;
};

}  // namespace vcare::domain
