// SPDX-License-Identifier: Apache-2.0
#include "adapters/json/record_codec.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "adapters/json/fields.hpp"

namespace vcare::json {
namespace {

using boost::json::serialize;

object to_json(const domain::ConsentRecord& record) {
    object document{{"id", record.id.text()},
                    {"tenantId", record.tenant.text()},
                    {"patientId", record.patient.text()},
                    {"type", domain::to_wire(record.type)},
                    {"status", domain::to_wire(record.status)},
                    {"grantedBy", record.granted_by},
                    {"capacity", domain::to_wire(record.capacity)},
                    {"method", domain::to_wire(record.method)},
                    {"textVersion", record.text_version},
                    {"language", record.language},
                    {"at", text_of(record.at)}};
    put(document, "expiresAt", record.expires_at);
    put(document, "withdrawnAt", record.withdrawn_at);
    return document;
}

object to_json(const application::AuditEntry& entry) {
    object document{
        {"id", entry.id.text()}, {"at", text_of(entry.at)}, {"actor", entry.actor}, {"action", entry.action}};
    put(document, "sessionId", entry.session);
    document["outcome"] = entry.outcome;
    document["traceId"] = entry.trace_id;
    return document;
}

template <class Item>
object page_of(const application::Page<Item>& page) {
    array items;
    for (const auto& item : page.items) items.push_back(to_json(item));
    object document{{"items", std::move(items)}};
    put(document, "nextCursor", page.next_cursor);
    return document;
}

}  // namespace

object to_json(const application::AuditFloor& floor) {
    return {{"sequence", floor.sequence},
            {"chainHash", floor.chain_hash},
            {"deletedAt", text_of(floor.at)},
            {"entryId", floor.entry.text()}};
}

std::string encode_consent(const domain::ConsentRecord& record) {
    return serialize(to_json(record));
}

std::string encode_consent_page(const application::Page<domain::ConsentRecord>& page) {
    return serialize(page_of(page));
}

std::string encode_audit_page(const application::AuditPage& page) {
    object document = page_of(page);
    if (page.floor) document["floor"] = to_json(*page.floor);
    return serialize(document);
}

std::string encode_audit_verdict(const application::AuditVerdict& verdict) {
    object document{{"intact", !verdict.first_break.has_value()}};
    if (verdict.first_break) {
        object broken;
        put_if_any(broken, "id", verdict.first_break->id);
        broken["sequence"] = verdict.first_break->sequence;
        broken["reason"] = verdict.first_break->reason;
        document["firstBreak"] = std::move(broken);
    } else {
        document["entries"] = verdict.entries;
    }
    document["unsealed"] = verdict.unsealed;
    if (verdict.floor) document["floor"] = to_json(*verdict.floor);
    return serialize(document);
}

}  // namespace vcare::json
