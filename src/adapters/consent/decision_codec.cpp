// SPDX-License-Identifier: Apache-2.0
#include "adapters/consent/decision_codec.hpp"

#include <boost/json/parse.hpp>

namespace vcare::consent {
namespace {

namespace json = boost::json;

/// A member that may be left out. `is_sound` is false when it is there and no text.
struct Text {
    std::optional<std::string> value = {};
    bool is_sound = true;
};

Text text_at(const json::object& from, std::string_view name) {
    const json::value* const member = from.if_contains({name.data(), name.size()});
    if (member == nullptr || member->is_null()) return {};
    if (!member->is_string()) return {.is_sound = false};
    return {.value = std::string{member->get_string().data(), member->get_string().size()}};
}

/// The owner may name whom it speaks about; what it names is what the gate compares.
bool take_subject(const json::object& from, domain::ConsentAnswer& answer) {
    const Text tenant = text_at(from, "tenantId");
    const Text patient = text_at(from, "patientId");
    const Text type = text_at(from, "type");
    if (!tenant.is_sound || !patient.is_sound || !type.is_sound) return false;
    if (tenant.value) {
        auto named = domain::TenantId::parse(*tenant.value);
        if (!named) return false;
        answer.tenant = std::move(*named);
    }
    if (patient.value) {
        auto named = domain::PatientId::parse(*patient.value);
        if (!named) return false;
        answer.patient = std::move(*named);
    }
    if (!type.value) return true;
    const auto named = domain::parse_wire<domain::ConsentType>(*type.value);
    if (named) answer.type = *named;
    return named.has_value();
}

bool take_expiry(const json::object& from, domain::ConsentAnswer& answer) {
    const Text expiry = text_at(from, "expiresAt");
    if (!expiry.value) return expiry.is_sound;
    answer.expires_at = domain::parse_rfc3339(*expiry.value);
    return answer.expires_at.has_value();
}

}  // namespace

std::optional<domain::ConsentAnswer> parse_decision(std::string_view text, AskedConsent asked) {
    boost::system::error_code problem;
    const json::value parsed = json::parse({text.data(), text.size()}, problem);
    if (problem || !parsed.is_object()) return std::nullopt;
    const json::object& from = parsed.get_object();

    domain::ConsentAnswer answer{
        .tenant = std::move(asked.tenant), .patient = std::move(asked.patient), .type = asked.type};
    if (!take_subject(from, answer) || !take_expiry(from, answer)) return std::nullopt;
    const Text decision = text_at(from, "decision");
    const Text consent = text_at(from, "consentId");
    const Text version = text_at(from, "textVersion");
    if (!decision.value || !consent.is_sound || !version.is_sound) return std::nullopt;
    answer.text_version = version.value.value_or("");
    if (*decision.value == "denied") return answer;

    const bool rests_on_something = consent.value && !consent.value->empty() && !answer.text_version.empty();
    if (*decision.value != "granted" || !rests_on_something) return std::nullopt;
    answer.granted = true;
    return answer;
}

}  // namespace vcare::consent
