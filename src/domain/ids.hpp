// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "domain/time.hpp"

namespace vcare::domain {

/// 80 random bits: what makes a ULID its own.
using UlidEntropy = std::array<std::byte, 10>;

/// The 26 characters of a ULID (Crockford base 32, upper case): 48 bits of time, then the 80 random bits.
/// Sorts by time of creation.
[[nodiscard]] std::string make_ulid(Instant at, const UlidEntropy& entropy);

[[nodiscard]] bool is_ulid(std::string_view text);

/// True for 1–128 characters of `[A-Za-z0-9._:-]`: the form of every id that another service owns.
[[nodiscard]] bool is_opaque_id(std::string_view text);

/// An id this service makes: a prefix that says what it names, and a ULID.
template <class Tag>
class OwnId {
  public:
    /// Nothing when the prefix or the ULID is not right.
    [[nodiscard]] static std::optional<OwnId> parse(std::string_view text) {
        if (!text.starts_with(Tag::prefix) || !is_ulid(text.substr(Tag::prefix.size()))) return std::nullopt;
        return OwnId{std::string{text}};
    }
    [[nodiscard]] static OwnId make(Instant at, const UlidEntropy& entropy) {
        return OwnId{std::string{Tag::prefix} + make_ulid(at, entropy)};
    }

    [[nodiscard]] const std::string& text() const { return text_; }
    friend auto operator<=>(const OwnId&, const OwnId&) = default;

  private:
    explicit OwnId(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// An id that another service owns: opaque, never PHI, never a metric label.
template <class Tag>
class OpaqueId {
  public:
    [[nodiscard]] static std::optional<OpaqueId> parse(std::string_view text) {
        if (!is_opaque_id(text)) return std::nullopt;
        return OpaqueId{std::string{text}};
    }

    [[nodiscard]] const std::string& text() const { return text_; }
    friend auto operator<=>(const OpaqueId&, const OpaqueId&) = default;

  private:
    explicit OpaqueId(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

// clang-format off
struct SessionTag     { static constexpr std::string_view prefix = "vsn_"; };
struct ParticipantTag { static constexpr std::string_view prefix = "vsp_"; };
struct TenantConfigTag{ static constexpr std::string_view prefix = "tvc_"; };
struct ConsentTag     { static constexpr std::string_view prefix = "cns_"; };
struct EventTag       { static constexpr std::string_view prefix = "evt_"; };
struct AuditTag       { static constexpr std::string_view prefix = "aud_"; };
using SessionId      = OwnId<SessionTag>;
using ParticipantId  = OwnId<ParticipantTag>;
using TenantConfigId = OwnId<TenantConfigTag>;
using ConsentId      = OwnId<ConsentTag>;
using EventId        = OwnId<EventTag>;
using AuditId        = OwnId<AuditTag>;

using TenantId      = OpaqueId<struct TenantTag>;
using PatientId     = OpaqueId<struct PatientTag>;
using UserId        = OpaqueId<struct UserTag>;
using NodeId        = OpaqueId<struct NodeTag>;
using AppointmentId = OpaqueId<struct AppointmentTag>;
// clang-format on

}  // namespace vcare::domain

template <class Tag>
struct std::hash<vcare::domain::OwnId<Tag>> {
    std::size_t operator()(const vcare::domain::OwnId<Tag>& id) const {
        return std::hash<std::string>{}(id.text());
    }
};
template <class Tag>
struct std::hash<vcare::domain::OpaqueId<Tag>> {
    std::size_t operator()(const vcare::domain::OpaqueId<Tag>& id) const {
        return std::hash<std::string>{}(id.text());
    }
};
