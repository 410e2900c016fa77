// SPDX-License-Identifier: Apache-2.0
#include "adapters/json/event_codec.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "adapters/json/fields.hpp"

namespace vcare::json {
namespace {

using domain::EventRecord;
using domain::EventValue;

object object_of(const EventRecord& record);

struct ToJson {
    value operator()(const std::string& text) const { return value(text); }
    value operator()(std::int64_t number) const { return value(number); }
    value operator()(bool truth) const { return value(truth); }
    value operator()(const std::vector<std::string>& texts) const {
        array list;
        for (const auto& text : texts) list.emplace_back(text);
        return list;
    }
    value operator()(const std::vector<EventRecord>& records) const {
        array list;
        for (const auto& record : records) list.emplace_back(object_of(record));
        return list;
    }
    value operator()(const EventRecord& record) const { return object_of(record); }
};

object object_of(const EventRecord& record) {
    object fields;
    for (const auto& field : record) fields[field.name] = std::visit(ToJson{}, field.value);
    return fields;
}

std::optional<EventRecord> record_of(const object& fields);

std::optional<EventValue> list_of(const array& list) {
    const bool is_of_records = !list.empty() && list.front().is_object();
    if (is_of_records) {
        std::vector<EventRecord> records;
        for (const auto& item : list) {
            auto record = item.is_object() ? record_of(item.get_object()) : std::nullopt;
            if (!record) return std::nullopt;
            records.push_back(*std::move(record));
        }
        return records;
    }
    std::vector<std::string> texts;
    for (const auto& item : list) {
        if (!item.is_string()) return std::nullopt;
        texts.emplace_back(view_of(item.get_string()));
    }
    return texts;
}

std::optional<EventValue> event_value_of(const value& field) {
    if (field.is_string()) return std::string{view_of(field.get_string())};
    if (field.is_int64()) return field.get_int64();
    if (field.is_bool()) return field.get_bool();
    if (field.is_array()) return list_of(field.get_array());
    if (field.is_object()) return record_of(field.get_object());
    return std::nullopt;
}

std::optional<EventRecord> record_of(const object& fields) {
    EventRecord record;
    for (const auto& field : fields) {
        auto event_value = event_value_of(field.value());
        if (!event_value) return std::nullopt;
        record.push_back({std::string{field.key().data(), field.key().size()}, *std::move(event_value)});
    }
    return record;
}

}  // namespace

std::string encode_event_data(const EventRecord& data) {
    return boost::json::serialize(object_of(data));
}

std::optional<EventRecord> decode_event_data(std::string_view text) {
    const auto fields = parse_object(text);
    if (!fields) return std::nullopt;
    return record_of(*fields);
}

std::string encode_cloud_event(const domain::TenantId& tenant, const application::OutboxEntry& entry,
                               std::string_view source) {
    const auto& event = entry.event;
    const auto type = domain::to_wire(event.type);
    object envelope;
    envelope["specversion"] = "1.0";
    envelope["id"] = entry.id.text();
    envelope["source"] = source;
    envelope["type"] = type;
    envelope["subject"] = event.subject;
    envelope["time"] = text_of(entry.at);
    envelope["datacontenttype"] = "application/json";
    envelope["dataschema"] = "urn:vcare:event:" + std::string{type};
    envelope["tenantid"] = tenant.text();
    envelope["actorid"] = entry.actor;
    put_if_any(envelope, "correlationid", entry.correlation_id);
    put_if_any(envelope, "traceparent", entry.traceparent);
    envelope["partitionkey"] = event.session.empty() ? event.subject : event.session;
    auto data = object_of(event.data);
    data["tenantId"] = tenant.text();
    envelope["data"] = std::move(data);
    return boost::json::serialize(envelope);
}

}  // namespace vcare::json
