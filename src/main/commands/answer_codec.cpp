// SPDX-License-Identifier: Apache-2.0
#include "main/commands/answer_codec.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "adapters/json/record_codec.hpp"

namespace vcare::program {
namespace {

namespace json = boost::json;
using domain::to_rfc3339;

json::object tenant_object(const application::TenantRecord& tenant) {
    return {{"tenant", tenant.id.text()},
            {"suspended", tenant.suspended},
            {"createdAt", to_rfc3339(tenant.created_at)}};
}

json::object break_object(const application::AuditBreak& first) {
    return {{"id", first.id}, {"sequence", first.sequence}, {"reason", first.reason}};
}

json::object verdict_object(const TenantVerdict& checked) {
    json::object item;
    item["tenant"] = checked.tenant.text();
    item["intact"] = !checked.verdict.first_break.has_value();
    item["entries"] = checked.verdict.entries;
    item["unsealed"] = checked.verdict.unsealed;
    if (const auto& first = checked.verdict.first_break) item["firstBreak"] = break_object(*first);
    if (const auto& floor = checked.verdict.floor) item["floor"] = vcare::json::to_json(*floor);
    return item;
}

json::object texts(const std::map<std::string, std::string>& values) {
    json::object object;
    for (const auto& [name, value] : values) object[name] = value;
    return object;
}

}  // namespace

std::string encode_token(const std::string& token, domain::Instant expires_at) {
    return json::serialize(json::object{{"token", token}, {"expiresAt", to_rfc3339(expires_at)}});
}

std::string encode_dependencies(const std::vector<http::DependencyState>& states) {
    json::array items;
    for (const http::DependencyState& state : states) {
        const bool is_up = state.state == http::DependencyState::State::up;
        items.push_back(
            json::object{{"name", state.name}, {"state", is_up ? "up" : "away"}, {"detail", state.detail}});
    }
    return json::serialize(json::object{{"dependencies", std::move(items)}});
}

std::string encode_link(const application::JoinLink& link, const std::string& join_url) {
    return json::serialize(json::object{{"joinUrl", join_url},
                                        {"token", link.token},
                                        {"validFrom", to_rfc3339(link.window.valid_from)},
                                        {"expiresAt", to_rfc3339(link.window.expires_at)}});
}

std::string encode_tenant(const application::TenantRecord& tenant) {
    return json::serialize(tenant_object(tenant));
}

std::string encode_tenants(const std::vector<application::TenantRecord>& tenants) {
    json::array items;
    for (const auto& tenant : tenants) items.push_back(tenant_object(tenant));
    return json::serialize(items);
}

std::string encode_verdicts(const std::vector<TenantVerdict>& verdicts) {
    json::array items;
    for (const TenantVerdict& checked : verdicts) items.push_back(verdict_object(checked));
    json::object answer;
    answer["intact"] = std::ranges::none_of(
        verdicts, [](const TenantVerdict& checked) { return checked.verdict.first_break.has_value(); });
    answer["tenants"] = std::move(items);
    return json::serialize(answer);
}

std::string encode_announcement(const DemoAnnouncement& announcement) {
    json::object answer;
    answer["baseUrl"] = announcement.base_url;
    answer["adminUrl"] = announcement.admin_url;
    answer["tenantId"] = announcement.tenant;
    answer["staffTokens"] = texts(announcement.staff_tokens);
    answer["session"] = json::object{{"id", announcement.session}};
    answer["links"] = texts(announcement.links);
    return json::serialize(answer);
}

std::string encode_outbox(const std::vector<application::OutboxItem>& items) {
    json::array list;
    for (const application::OutboxItem& item : items) {
        json::object object;
        object["eventId"] = item.entry.id.text();
        object["type"] = domain::to_wire(item.entry.event.type);
        object["tenant"] = item.tenant.text();
        if (!item.entry.event.session.empty()) object["session"] = item.entry.event.session;
        object["at"] = to_rfc3339(item.entry.at);
        object["state"] = item.is_dead ? "dead" : "waiting";
        object["refusals"] = item.refusals;
        object["lastProblem"] = item.last_problem;
        list.push_back(std::move(object));
    }
    return json::serialize(list);
}

std::string encode_failures(const std::vector<application::FailedMessage>& failures) {
    json::array list;
    for (const application::FailedMessage& message : failures) {
        json::object object{{"message", message.place}};
        if (!message.message_id.empty()) object["messageId"] = message.message_id;
        if (!message.type.empty()) object["type"] = message.type;
        if (!message.tenant.empty()) object["tenant"] = message.tenant;
        object["failedAt"] = to_rfc3339(message.failed_at);
        object["state"] = message.is_dead ? "dead" : "retried";
        object["failures"] = message.failures;
        object["lastProblem"] = message.problem;
        list.push_back(std::move(object));
    }
    return json::serialize(list);
}

std::string encode_taken(std::uint64_t taken, std::uint64_t refused) {
    return json::serialize(json::object{{"taken", taken}, {"refused", refused}});
}

std::string encode_debts(const std::vector<application::EncounterDebtStatus>& debts) {
    json::array items;
    for (const application::EncounterDebtStatus& debt : debts) {
        items.push_back(json::object{{"tenant", debt.tenant.text()},
                                     {"session", debt.session.text()},
                                     {"owedSince", to_rfc3339(debt.owed_since)},
                                     {"attempts", debt.attempts},
                                     {"nextAttempt", to_rfc3339(debt.next_attempt)},
                                     {"state", debt.state == application::DebtState::open ? "open" : "dead"},
                                     {"lastProblem", debt.last_problem}});
    }
    return json::serialize(items);
}

std::string encode_tenant_keys(const std::vector<TenantKeys>& tenants) {
    json::array items;
    for (const TenantKeys& tenant : tenants) {
        for (const keys::KeyVersion& key : tenant.versions) {
            json::object item{{"tenant", tenant.tenant.text()},
                              {"purpose", domain::to_wire(key.purpose)},
                              {"version", key.version},
                              {"current", key.is_current},
                              {"createdAt", to_rfc3339(key.created_at)}};
            if (key.needed_until) item["neededUntil"] = to_rfc3339(*key.needed_until);
            items.push_back(std::move(item));
        }
    }
    return json::serialize(items);
}

std::string encode_file_keys(const std::vector<unsigned>& versions) {
    json::array items;
    for (const unsigned version : versions)
        items.push_back(json::object{{"version", version}, {"current", version == versions.back()}});
    return json::serialize(items);
}

std::string encode_retention(const std::vector<TenantRetention>& tenants, bool is_dry_run) {
    json::array all;
    for (const TenantRetention& tenant : tenants) {
        json::object rows;
        for (const auto& [kind, word] : application::retained_kind_words) {
            const auto found = tenant.gone.rows.find(kind);
            rows[word] = found == tenant.gone.rows.end() ? 0 : found->second;
        }
        json::object item{{"tenant", tenant.tenant.text()}, {"rows", std::move(rows)}};
        if (const auto& first = tenant.gone.audit_break) item["auditBreak"] = break_object(*first);
        all.push_back(std::move(item));
    }
    return json::serialize(json::object{{"dryRun", is_dry_run}, {"tenants", std::move(all)}});
}

std::string encode_count(const std::string& name, std::uint64_t count) {
    return json::serialize(json::object{{name, count}});
}

std::string encode_text(const std::string& name, const std::string& text) {
    return json::serialize(json::object{{name, text}});
}

}  // namespace vcare::program
