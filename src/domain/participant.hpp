// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "domain/fallback.hpp"
#include "domain/ids.hpp"
#include "domain/phi.hpp"
#include "domain/wire_words.hpp"

namespace vcare::domain {

enum class Role : std::uint8_t { provider, patient, interpreter, observer };
constexpr WireWords<Role, 4> words_of(Role) {
    return {{{Role::provider, "provider"},
             {Role::patient, "patient"},
             {Role::interpreter, "interpreter"},
             {Role::observer, "observer"}}};
}

enum class ParticipantStatus : std::uint8_t { invited, waiting, admitted, active, disconnected, removed };
constexpr WireWords<ParticipantStatus, 6> words_of(ParticipantStatus) {
    return {{{ParticipantStatus::invited, "invited"},
             {ParticipantStatus::waiting, "waiting"},
             {ParticipantStatus::admitted, "admitted"},
             {ParticipantStatus::active, "active"},
             {ParticipantStatus::disconnected, "disconnected"},
             {ParticipantStatus::removed, "removed"}}};
}

struct Contact {
    std::optional<Phi<std::string>> email = {};
    std::optional<Phi<std::string>> phone = {};

    friend bool operator==(const Contact&, const Contact&) = default;
};

/// One person of a session. Changed only through `Session`.
struct Participant {
    ParticipantId id;
    Role role{};
    ParticipantStatus status = ParticipantStatus::invited;
    std::optional<UserId> user_id = {};
    Phi<std::string> display_name = {};
    Contact contact = {};
    std::optional<std::string> language = {};
    std::optional<ParticipantId> linked_to = {};
    std::optional<Instant> link_opened_at = {};  ///< the first time their current link was looked at
    std::optional<Instant> joined_at = {};
    std::optional<Instant> admitted_at = {};
    std::optional<Instant> left_at = {};
    std::optional<Instant> removed_at = {};
    std::optional<std::string> removed_reason = {};
    ConnectionQuality connection = ConnectionQuality::unknown;
    Mode media_mode = Mode::video;
    /// What the person comes back to: the status before the transport was lost; `waiting` after leaving.
    std::optional<ParticipantStatus> status_to_resume = {};
    /// Counts every change of this participant; two writers of the same step cannot both commit.
    std::uint32_t step = 0;

    [[nodiscard]] bool is_removed() const { return status == ParticipantStatus::removed; }
    [[nodiscard]] bool is_in_the_visit() const {
        return status == ParticipantStatus::admitted || status == ParticipantStatus::active;
    }
    friend bool operator==(const Participant&, const Participant&) = default;
};

}  // namespace vcare::domain
