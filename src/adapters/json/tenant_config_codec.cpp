// SPDX-License-Identifier: Apache-2.0
#include "adapters/json/tenant_config_codec.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "adapters/json/fields.hpp"

namespace vcare::json {
namespace {

using domain::TenantConfig;

template <class Texts>
array texts_of(const Texts& texts) {
    array list;
    for (const auto& text : texts) list.emplace_back(text);
    return list;
}

object to_json(const domain::FallbackThresholds& thresholds) {
    return {{"audioOnlyBelowKbps", thresholds.audio_only_below_kbps},
            {"asyncBelowKbps", thresholds.async_below_kbps},
            {"lossPct", thresholds.loss_pct},
            {"holdSeconds", thresholds.hold.count()}};
}

object to_json(const domain::ConsentText& text) {
    return {{"type", domain::to_wire(text.type)},
            {"language", text.language},
            {"version", text.version},
            {"text", text.text}};
}

object to_json(const domain::EncounterType& type) {
    object document{{"system", type.system}, {"code", type.code}};
    put_if_any(document, "display", type.display);
    return document;
}

object document_of(const TenantConfig& config) {
    object document;
    document["videoBackends"] = texts_of(config.video_backends);
    document["branding"] = json::to_json(config.branding);
    document["maxParticipants"] = config.max_participants;
    document["recordingAllowed"] = config.recording_allowed;
    document["onWithdrawal"] = domain::to_wire(config.on_withdrawal);
    document["joinWindowBeforeMinutes"] = config.join_window_before.count();
    document["joinWindowAfterMinutes"] = config.join_window_after.count();
    if (config.join_token_ttl) document["joinTokenTtlMinutes"] = config.join_token_ttl->count();
    document["graceReconnectSeconds"] = config.grace_reconnect.count();
    document["abandonAfterMinutes"] = config.abandon_after.count();
    document["interpreterBypassesWaitingRoom"] = config.interpreter_bypasses_waiting_room;
    document["whereaboutsRequired"] = config.whereabouts_required;
    document["fallback"] = to_json(config.fallback);
    document["telehealthConsentAt"] = domain::to_wire(config.telehealth_consent_at);
    document["defaultDurationMinutes"] = config.default_duration.count();
    array reminders;
    for (const auto before : config.reminders) reminders.push_back(object{{"minutesBefore", before.count()}});
    document["reminders"] = std::move(reminders);
    document["languages"] = texts_of(config.languages);
    array consent_texts;
    for (const auto& text : config.consent_texts) consent_texts.push_back(to_json(text));
    document["consentTexts"] = std::move(consent_texts);
    put_if_any(document, "mediaRegion", config.media_region);
    if (config.encounter_type) document["encounterType"] = to_json(*config.encounter_type);
    document["encounterReasonAllowed"] = config.encounter_reason_allowed;
    document["timeZone"] = config.time_zone;
    document["retentionDays"] = config.retention_days;
    document["auditRetentionDays"] = config.audit_retention_days;
    return document;
}

// Each reads one field into a setting that holds its default.
void read(const object& from, std::string_view name, std::string& setting) {
    if (auto text = find_text(from, name)) setting = *std::move(text);
}
void read(const object& from, std::string_view name, bool& setting) {
    if (const auto truth = find_truth(from, name)) setting = *truth;
}
void read(const object& from, std::string_view name, unsigned& setting) {
    if (const auto number = find_integer(from, name)) setting = static_cast<unsigned>(*number);
}
void read(const object& from, std::string_view name, double& setting) {
    if (const auto number = find_number(from, name)) setting = *number;
}
template <class Rep, class Period>
void read(const object& from, std::string_view name, std::chrono::duration<Rep, Period>& setting) {
    if (const auto number = find_integer(from, name)) setting = std::chrono::duration<Rep, Period>{*number};
}
template <class Word>
    requires std::is_enum_v<Word>
void read(const object& from, std::string_view name, Word& setting) {
    const auto text = find_text(from, name);
    const auto word = text ? domain::parse_wire<Word>(*text) : std::nullopt;
    if (word) setting = *word;
}
void read(const object& from, std::string_view name, std::vector<std::string>& setting) {
    const auto* field = from.if_contains(name);
    if (field == nullptr || !field->is_array()) return;
    setting.clear();
    for (const auto& item : field->get_array()) {
        if (item.is_string()) setting.emplace_back(view_of(item.get_string()));
    }
}

const object* find_object(const object& from, std::string_view name) {
    const auto* field = from.if_contains(name);
    return field == nullptr ? nullptr : field->if_object();
}

void read(const object& from, domain::Branding& branding) {
    read(from, "displayName", branding.display_name);
    read(from, "logoUrl", branding.logo_url);
    read(from, "primaryColor", branding.primary_color);
    read(from, "supportContact", branding.support_contact);
}

void read(const object& from, domain::FallbackThresholds& thresholds) {
    read(from, "audioOnlyBelowKbps", thresholds.audio_only_below_kbps);
    read(from, "asyncBelowKbps", thresholds.async_below_kbps);
    read(from, "lossPct", thresholds.loss_pct);
    read(from, "holdSeconds", thresholds.hold);
}

void read(const object& from, std::optional<domain::EncounterType>& type) {
    type.emplace();
    read(from, "system", type->system);
    read(from, "code", type->code);
    read(from, "display", type->display);
}

template <class Item, class Make>
void read_list(const object& from, std::string_view name, std::vector<Item>& setting, Make make) {
    const auto* field = from.if_contains(name);
    if (field == nullptr || !field->is_array()) return;
    setting.clear();
    for (const auto& item : field->get_array()) {
        if (item.is_object()) setting.push_back(make(item.get_object()));
    }
}

domain::minutes reminder_of(const object& from) {
    domain::minutes before{};
    read(from, "minutesBefore", before);
    return before;
}

domain::ConsentText consent_text_of(const object& from) {
    domain::ConsentText text;
    read(from, "type", text.type);
    read(from, "language", text.language);
    read(from, "version", text.version);
    read(from, "text", text.text);
    return text;
}

}  // namespace

object to_json(const domain::Branding& branding) {
    object document;
    document["displayName"] = branding.display_name;
    put_if_any(document, "logoUrl", branding.logo_url);
    document["primaryColor"] = branding.primary_color;
    put_if_any(document, "supportContact", branding.support_contact);
    return document;
}

TenantConfig to_tenant_config(const object& document) {
    TenantConfig config;
    read(document, "videoBackends", config.video_backends);
    if (const auto* branding = find_object(document, "branding")) read(*branding, config.branding);
    read(document, "maxParticipants", config.max_participants);
    read(document, "recordingAllowed", config.recording_allowed);
    read(document, "onWithdrawal", config.on_withdrawal);
    read(document, "joinWindowBeforeMinutes", config.join_window_before);
    read(document, "joinWindowAfterMinutes", config.join_window_after);
    if (const auto ttl = find_integer(document, "joinTokenTtlMinutes"))
        config.join_token_ttl = domain::minutes{*ttl};
    read(document, "graceReconnectSeconds", config.grace_reconnect);
    read(document, "abandonAfterMinutes", config.abandon_after);
    read(document, "interpreterBypassesWaitingRoom", config.interpreter_bypasses_waiting_room);
    read(document, "whereaboutsRequired", config.whereabouts_required);
    if (const auto* fallback = find_object(document, "fallback")) read(*fallback, config.fallback);
    read(document, "telehealthConsentAt", config.telehealth_consent_at);
    read(document, "defaultDurationMinutes", config.default_duration);
    read_list(document, "reminders", config.reminders, reminder_of);
    read(document, "languages", config.languages);
    read_list(document, "consentTexts", config.consent_texts, consent_text_of);
    read(document, "mediaRegion", config.media_region);
    if (const auto* type = find_object(document, "encounterType")) read(*type, config.encounter_type);
    read(document, "encounterReasonAllowed", config.encounter_reason_allowed);
    read(document, "timeZone", config.time_zone);
    read(document, "retentionDays", config.retention_days);
    // Whoever keeps visits for longer than the default need not say it twice.
    config.audit_retention_days = std::max(config.audit_retention_days, config.retention_days);
    read(document, "auditRetentionDays", config.audit_retention_days);
    return config;
}

std::string encode_tenant_config(const TenantConfig& config) {
    return boost::json::serialize(document_of(config));
}

std::optional<TenantConfig> decode_tenant_config(std::string_view text) {
    const auto document = parse_object(text);
    if (!document) return std::nullopt;
    return to_tenant_config(*document);
}

std::string encode_stored_config(const domain::StoredTenantConfig& stored) {
    auto document = document_of(stored.config);
    document["id"] = stored.id.text();
    document["tenantId"] = stored.tenant.text();
    document["version"] = stored.version;
    document["updatedAt"] = text_of(stored.updated_at);
    return boost::json::serialize(document);
}

std::string encode_public_config(const TenantConfig& config) {
    object document;
    document["branding"] = to_json(config.branding);
    document["languages"] = texts_of(config.languages);
    return boost::json::serialize(document);
}

}  // namespace vcare::json
