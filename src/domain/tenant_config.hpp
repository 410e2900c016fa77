// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "domain/consent.hpp"
#include "domain/fallback.hpp"
#include "domain/ids.hpp"

namespace vcare::domain {

/// When the telehealth consent must be on file: before a session is made, or before the patient is admitted.
enum class TelehealthConsentAt : std::uint8_t { create, join };
constexpr WireWords<TelehealthConsentAt, 2> words_of(TelehealthConsentAt) {
    return {{{TelehealthConsentAt::create, "create"}, {TelehealthConsentAt::join, "join"}}};
}

enum class OnWithdrawal : std::uint8_t { delete_recording, keep_recording };
constexpr WireWords<OnWithdrawal, 2> words_of(OnWithdrawal) {
    return {{{OnWithdrawal::delete_recording, "delete"}, {OnWithdrawal::keep_recording, "keep"}}};
}

/// How the clinic presents itself on the pages.
struct Branding {
    std::string display_name = "Video visits";
    std::string logo_url = {};
    std::string primary_color = "#0b6e6e";
    std::string support_contact = {};

    friend bool operator==(const Branding&, const Branding&) = default;
};

/// One version of a consent text, as a patient reads it.
struct ConsentText {
    ConsentType type{};
    std::string language;
    std::string version;
    std::string text;

    friend bool operator==(const ConsentText&, const ConsentText&) = default;
};

/// What kind of encounter the record gets of a visit: a code of the clinic's own choice.
struct EncounterType {
    std::string system;
    std::string code;
    std::string display = {};

    friend bool operator==(const EncounterType&, const EncounterType&) = default;
};

/// A clinic's own settings. A default-made one is what a new tenant gets.
struct TenantConfig {
    std::vector<std::string> video_backends = {"embedded"};
    Branding branding = {};
    unsigned max_participants = 6;
    bool recording_allowed = false;
    OnWithdrawal on_withdrawal = OnWithdrawal::delete_recording;
    minutes join_window_before{15};
    minutes join_window_after{30};  ///< also how long a visit nobody was admitted to waits: graceAfter
    std::optional<minutes> join_token_ttl = {};
    seconds grace_reconnect{60};
    minutes abandon_after{10};
    bool interpreter_bypasses_waiting_room = false;
    bool whereabouts_required = false;
    FallbackThresholds fallback = {};
    TelehealthConsentAt telehealth_consent_at = TelehealthConsentAt::create;
    minutes default_duration{30};
    std::vector<minutes> reminders = {hours{24}, minutes{10}};
    std::vector<std::string> languages = {"en", "fa-AF"};
    std::vector<ConsentText> consent_texts =
        {};  ///< empty: the built-in texts, which production does not ask with
    std::string media_region =
        {};  ///< the only servers that media may be relayed by; empty: the service's own
    std::optional<EncounterType> encounter_type = {};
    bool encounter_reason_allowed = false;  ///< the reason for the visit is PHI: sent only when this says so
    std::string time_zone = "UTC";
    unsigned retention_days = 3650;
    unsigned audit_retention_days = 3650;  ///< the audit log's own, never shorter than the visits'

    friend bool operator==(const TenantConfig&, const TenantConfig&) = default;
};

/// A tenant's configuration as stored: with its id and the version that `If-Match` names.
struct StoredTenantConfig {
    TenantConfigId id;
    TenantId tenant;
    TenantConfig config = {};
    std::uint64_t version = 1;
    Instant updated_at = {};
};

/// For how long the audit log is kept, whatever an older configuration says: what was done with a visit can
/// be looked up for as long as the visit.
[[nodiscard]] days audit_kept_for(const TenantConfig& config);

/// What is wrong with a configuration, each with its pointer; empty when it may be used.
[[nodiscard]] std::vector<FieldError> problems_of(const TenantConfig& config);

/// What is wrong with where the logo is: it comes from one of `hosts` (`cdn.example` or `cdn.example:8443`),
/// or there is none.
[[nodiscard]] std::optional<FieldError> logo_problem_of(const TenantConfig& config,
                                                        const std::vector<std::string>& hosts);

/// What is wrong with the media region: it is one of those that the service has servers in, or there is none.
[[nodiscard]] std::optional<FieldError> media_region_problem_of(const TenantConfig& config,
                                                                const std::vector<std::string>& regions);

/// The JSON names of the settings that differ, for the event that tells of the change.
[[nodiscard]] std::vector<std::string> changed_settings(const TenantConfig& before,
                                                        const TenantConfig& after);

/// The newest text of a type in a language; falls back to English, then to any. Nothing when there is none.
[[nodiscard]] std::optional<ConsentText> consent_text_for(const TenantConfig& config, ConsentType type,
                                                          std::string_view language);

}  // namespace vcare::domain
