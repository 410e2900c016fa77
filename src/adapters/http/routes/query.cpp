// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/routes/query.hpp"

#include <charconv>

namespace vcare::http::routes {
namespace {

using domain::refuse_field;

template <class Id>
std::optional<Id> find_id(const Exchange& exchange, std::string_view name) {
    const auto* text = exchange.find_query(name);
    return text == nullptr ? std::nullopt : Id::parse(*text);
}

Result<std::optional<domain::Instant>> find_time(const Exchange& exchange, std::string_view name) {
    const auto* text = exchange.find_query(name);
    if (text == nullptr) return std::optional<domain::Instant>{};
    const auto at = domain::parse_rfc3339(*text);
    if (!at) return refuse_field("/" + std::string{name}, "must be a point in time (RFC 3339)");
    return at;
}

std::optional<std::string> find_text(const Exchange& exchange, std::string_view name) {
    const auto* text = exchange.find_query(name);
    return text == nullptr ? std::nullopt : std::optional{*text};
}

/// The contract has said that it is a number of the right size.
unsigned limit_of(const Exchange& exchange, unsigned otherwise) {
    const auto* text = exchange.find_query("limit");
    unsigned limit = otherwise;
    if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), limit);
    return limit;
}

}  // namespace

Result<application::SessionQuery> to_session_query(const Exchange& exchange) {
    application::SessionQuery query;
    const auto from = find_time(exchange, "from");
    if (!from) return std::unexpected{from.error()};
    const auto to = find_time(exchange, "to");
    if (!to) return std::unexpected{to.error()};
    if (const auto* status = exchange.find_query("status"))
        query.status = domain::parse_wire<domain::SessionStatus>(*status);
    query.patient = find_id<domain::PatientId>(exchange, "patientId");
    query.provider = find_id<domain::UserId>(exchange, "providerId");
    query.node = find_id<domain::NodeId>(exchange, "nodeId");
    query.from = *from;
    query.to = *to;
    query.limit = limit_of(exchange, query.limit);
    query.cursor = find_text(exchange, "cursor");
    return query;
}

Result<application::ConsentQuery> to_consent_query(const Exchange& exchange) {
    auto patient = find_id<domain::PatientId>(exchange, "patientId");
    if (!patient) return refuse_field("/patientId", "is required");
    application::ConsentQuery query{.patient = *std::move(patient)};
    if (const auto* type = exchange.find_query("type"))
        query.type = domain::parse_wire<domain::ConsentType>(*type);
    query.limit = limit_of(exchange, query.limit);
    query.cursor = find_text(exchange, "cursor");
    return query;
}

Result<application::AuditQuery> to_audit_query(const Exchange& exchange) {
    application::AuditQuery query;
    const auto from = find_time(exchange, "from");
    if (!from) return std::unexpected{from.error()};
    const auto to = find_time(exchange, "to");
    if (!to) return std::unexpected{to.error()};
    query.from = *from;
    query.to = *to;
    query.session = find_id<domain::SessionId>(exchange, "sessionId");
    query.actor = find_text(exchange, "actor");
    query.limit = limit_of(exchange, query.limit);
    query.cursor = find_text(exchange, "cursor");
    return query;
}

std::optional<application::StreamPosition> last_event_id(const Exchange& exchange) {
    const auto header = exchange.request.headers.find("Last-Event-ID");
    return header ? application::StreamPosition::parse(*header) : std::nullopt;
}

}  // namespace vcare::http::routes
