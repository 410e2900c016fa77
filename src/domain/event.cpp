// SPDX-License-Identifier: Apache-2.0
#include "domain/event.hpp"

#include <algorithm>
#include <array>

namespace vcare::domain {
namespace {

constexpr auto event_names = std::to_array<std::string_view>({
#define VCARE_EVENT(identifier, wire, retention) wire,
#include "generated/event_types.inc"
#undef VCARE_EVENT
});

}  // namespace

std::string_view to_wire(EventType type) {
    return event_names.at(static_cast<std::size_t>(type));
}

std::optional<EventType> parse_event_type(std::string_view wire) {
    for (std::size_t i = 0; i < event_names.size(); ++i) {
        if (event_names[i] == wire) return static_cast<EventType>(i);
    }
    return std::nullopt;
}

std::string_view text_of(const EventRecord& record, std::string_view name) {
    const auto field = std::ranges::find(record, name, &EventField::name);
    if (field == record.end()) return {};
    const auto* text = std::get_if<std::string>(&field->value);
    return text ? std::string_view{*text} : std::string_view{};
}

const EventRecord* record_of(const EventRecord& record, std::string_view name) {
    const auto field = std::ranges::find(record, name, &EventField::name);
    return field == record.end() ? nullptr : std::get_if<EventRecord>(&field->value);
}

EventData& EventData::add(std::string name, std::string value) {
    fields_.push_back({std::move(name), std::move(value)});
    return *this;
}

EventData& EventData::add(std::string name, std::int64_t value) {
    fields_.push_back({std::move(name), value});
    return *this;
}

EventData& EventData::add(std::string name, std::vector<std::string> values) {
    fields_.push_back({std::move(name), std::move(values)});
    return *this;
}

EventData& EventData::add(std::string name, std::vector<EventRecord> records) {
    fields_.push_back({std::move(name), std::move(records)});
    return *this;
}

EventData& EventData::add(std::string name, EventRecord record) {
    fields_.push_back({std::move(name), std::move(record)});
    return *this;
}

}  // namespace vcare::domain
