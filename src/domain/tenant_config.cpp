// SPDX-License-Identifier: Apache-2.0
#include "domain/tenant_config.hpp"

#include <algorithm>
#include <set>

namespace vcare::domain {
namespace {

class Problems {
  public:
    void expect(bool holds, std::string_view pointer, std::string_view allowed) {
        if (!holds) found_.push_back({std::string{pointer}, std::string{allowed}});
    }
    template <class N>
    void within(N value, N least, N most, std::string_view pointer) {
        if (value >= least && value <= most) return;
        const auto bound = [](N n) { return std::to_string(static_cast<long long>(n)); };
        found_.push_back({std::string{pointer}, "must be from " + bound(least) + " to " + bound(most)});
    }
    std::vector<FieldError> take() { return std::move(found_); }

  private:
    std::vector<FieldError> found_;
};

bool is_css_hex(std::string_view color) {
    const bool right_length = color.size() == 7 || color.size() == 4;
    return right_length && color.front() == '#' && std::ranges::all_of(color.substr(1), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
           });
}

bool is_https_url(std::string_view url) {
    return url.starts_with("https://") && url.size() > 8 && url.size() <= 2048 &&
           std::ranges::none_of(url, [](char c) { return c <= ' ' || c == '"' || c == '<' || c == '>'; });
}

/// Of UTF-8: what the contract's bounds count.
std::size_t characters_of(std::string_view text) {
    constexpr unsigned char continuation = 0x80;
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != continuation; }));
}

bool has_characters(std::string_view text, std::size_t least, std::size_t most) {
    const auto count = characters_of(text);
    return count >= least && count <= most;
}

bool is_visible_ascii(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

/// Between `https://` and whatever follows it.
std::string_view authority_of(std::string_view https_url) {
    https_url.remove_prefix(std::string_view{"https://"}.size());
    return https_url.substr(0, https_url.find_first_of("/?#"));
}

bool is_same_host(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

void check_backends(const TenantConfig& config, Problems& problems) {
    static constexpr std::array names = {"embedded", "jitsi", "mediasoup", "zoom", "webex", "teams"};
    problems.expect(!config.video_backends.empty(), "/videoBackends", "must name at least one backend");
    for (std::size_t i = 0; i < config.video_backends.size(); ++i) {
        problems.expect(std::ranges::find(names, config.video_backends[i]) != names.end(),
                        "/videoBackends/" + std::to_string(i), "must be one of embedded, jitsi");
    }
}

void check_fallback(const FallbackThresholds& fallback, Problems& problems) {
    problems.within(fallback.audio_only_below_kbps, 1.0, 100000.0, "/fallback/audioOnlyBelowKbps");
    problems.within(fallback.async_below_kbps, 0.0, fallback.audio_only_below_kbps,
                    "/fallback/asyncBelowKbps");
    problems.within(fallback.loss_pct, 0.0, 100.0, "/fallback/lossPct");
    problems.within(fallback.hold.count(), std::int64_t{5}, std::int64_t{300}, "/fallback/holdSeconds");
}

// https://hl7.org/fhir/R4/datatypes.html#Coding: a URI and a code without white space.
void check_encounter_type(const EncounterType& type, Problems& problems) {
    const bool is_uri = is_visible_ascii(type.system) && type.system.find(':') != std::string::npos;
    problems.expect(is_uri && type.system.size() <= 256, "/encounterType/system",
                    "must be a URI of up to 256 characters, such as http://snomed.info/sct");
    problems.expect(is_visible_ascii(type.code) && type.code.size() <= 64, "/encounterType/code",
                    "must have 1 to 64 visible ASCII characters");
    problems.expect(has_characters(type.display, 0, 200), "/encounterType/display",
                    "must have up to 200 characters");
}

void check_consent_texts(const TenantConfig& config, Problems& problems) {
    std::set<std::tuple<ConsentType, std::string, std::string>> seen;
    for (std::size_t i = 0; i < config.consent_texts.size(); ++i) {
        const ConsentText& text = config.consent_texts[i];
        const std::string at = "/consentTexts/" + std::to_string(i);
        problems.expect(!text.version.empty() && text.version.size() <= 64, at + "/version",
                        "must have 1 to 64 characters");
        problems.expect(has_characters(text.text, 1, 20000), at + "/text", "must have 1 to 20000 characters");
        problems.expect(seen.emplace(text.type, text.language, text.version).second, at,
                        "must be the only text of its type, language and version");
    }
}

}  // namespace

days audit_kept_for(const TenantConfig& config) {
    return days{std::max(config.audit_retention_days, config.retention_days)};
}

std::vector<FieldError> problems_of(const TenantConfig& config) {
    Problems problems;
    check_backends(config, problems);
    problems.expect(has_characters(config.branding.display_name, 1, 120), "/branding/displayName",
                    "must have 1 to 120 characters");
    problems.expect(config.branding.logo_url.empty() || is_https_url(config.branding.logo_url),
                    "/branding/logoUrl", "must be an https URL");
    problems.expect(is_css_hex(config.branding.primary_color), "/branding/primaryColor",
                    "must be a CSS hex colour such as #0b6e6e");
    problems.within(config.max_participants, 2U, 20U, "/maxParticipants");
    problems.within(config.join_window_before.count(), std::int64_t{0}, std::int64_t{1440},
                    "/joinWindowBeforeMinutes");
    problems.within(config.join_window_after.count(), std::int64_t{0}, std::int64_t{1440},
                    "/joinWindowAfterMinutes");
    if (config.join_token_ttl)
        problems.within(config.join_token_ttl->count(), std::int64_t{1}, std::int64_t{1440},
                        "/joinTokenTtlMinutes");
    problems.within(config.grace_reconnect.count(), std::int64_t{5}, std::int64_t{600},
                    "/graceReconnectSeconds");
    problems.within(config.abandon_after.count(), std::int64_t{1}, std::int64_t{120}, "/abandonAfterMinutes");
    problems.within(config.default_duration.count(), std::int64_t{5}, std::int64_t{1440},
                    "/defaultDurationMinutes");
    problems.within(config.retention_days, 1U, 36500U, "/retentionDays");
    // Nobody whose sign-in was stolen can have traces deleted that somebody still looks for.
    problems.within(config.audit_retention_days, 365U, 36500U, "/auditRetentionDays");
    problems.expect(config.audit_retention_days >= config.retention_days, "/auditRetentionDays",
                    "must not be less than retentionDays");
    problems.expect(!config.languages.empty(), "/languages", "must name at least one language");
    check_fallback(config.fallback, problems);
    if (config.encounter_type) check_encounter_type(*config.encounter_type, problems);
    check_consent_texts(config, problems);
    return problems.take();
}

std::optional<FieldError> logo_problem_of(const TenantConfig& config, const std::vector<std::string>& hosts) {
    const std::string& url = config.branding.logo_url;
    if (url.empty()) return std::nullopt;
    const auto is_its_host = [&](const std::string& host) { return is_same_host(host, authority_of(url)); };
    if (is_https_url(url) && std::ranges::any_of(hosts, is_its_host)) return std::nullopt;
    std::string allowed = "must be an https URL on one of these hosts:";
    for (const std::string& host : hosts) allowed += ' ' + host;
    if (hosts.empty())
        allowed = "must be absent: this service allows no host for logos (branding.logo_hosts)";
    return FieldError{"/branding/logoUrl", std::move(allowed)};
}

std::optional<FieldError> media_region_problem_of(const TenantConfig& config,
                                                  const std::vector<std::string>& regions) {
    const std::string& region = config.media_region;
    if (region.empty() || std::ranges::find(regions, region) != regions.end()) return std::nullopt;
    std::string allowed = "must be absent or one of";
    for (const std::string& name : regions) allowed += ' ' + name;
    if (regions.empty())
        allowed = "must be absent: this service has no servers of any region (video.embedded.regional_urls)";
    return FieldError{"/mediaRegion", std::move(allowed)};
}

std::vector<std::string> changed_settings(const TenantConfig& before, const TenantConfig& after) {
    std::vector<std::string> changed;
    const auto compare = [&](const char* name, const auto& member) {
        if (before.*member != after.*member) changed.emplace_back(name);
    };
    compare("videoBackends", &TenantConfig::video_backends);
    compare("branding", &TenantConfig::branding);
    compare("maxParticipants", &TenantConfig::max_participants);
    compare("recordingAllowed", &TenantConfig::recording_allowed);
    compare("onWithdrawal", &TenantConfig::on_withdrawal);
    compare("joinWindowBeforeMinutes", &TenantConfig::join_window_before);
    compare("joinWindowAfterMinutes", &TenantConfig::join_window_after);
    compare("joinTokenTtlMinutes", &TenantConfig::join_token_ttl);
    compare("graceReconnectSeconds", &TenantConfig::grace_reconnect);
    compare("abandonAfterMinutes", &TenantConfig::abandon_after);
    compare("interpreterBypassesWaitingRoom", &TenantConfig::interpreter_bypasses_waiting_room);
    compare("whereaboutsRequired", &TenantConfig::whereabouts_required);
    compare("fallback", &TenantConfig::fallback);
    compare("telehealthConsentAt", &TenantConfig::telehealth_consent_at);
    compare("defaultDurationMinutes", &TenantConfig::default_duration);
    compare("reminders", &TenantConfig::reminders);
    compare("languages", &TenantConfig::languages);
    compare("consentTexts", &TenantConfig::consent_texts);
    compare("mediaRegion", &TenantConfig::media_region);
    compare("encounterType", &TenantConfig::encounter_type);
    compare("encounterReasonAllowed", &TenantConfig::encounter_reason_allowed);
    compare("timeZone", &TenantConfig::time_zone);
    compare("retentionDays", &TenantConfig::retention_days);
    compare("auditRetentionDays", &TenantConfig::audit_retention_days);
    return changed;
}

std::optional<ConsentText> consent_text_for(const TenantConfig& config, ConsentType type,
                                            std::string_view language) {
    const ConsentText* best = nullptr;
    int best_rank = 0;
    for (const ConsentText& text : config.consent_texts) {
        if (text.type != type) continue;
        const int rank = text.language == language ? 3 : text.language == "en" ? 2 : 1;
        const bool better = rank > best_rank || (rank == best_rank && text.version > best->version);
        if (better) {
            best = &text;
            best_rank = rank;
        }
    }
    return best ? std::optional{*best} : std::nullopt;
}

}  // namespace vcare::domain
