// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/error.hpp"
#include "domain/ids.hpp"
#include "domain/wire_words.hpp"

namespace vcare::domain {

enum class ConsentType : std::uint8_t { telehealth, recording, ai_transcription };
constexpr WireWords<ConsentType, 3> words_of(ConsentType) {
    return {{{ConsentType::telehealth, "telehealth"},
             {ConsentType::recording, "recording"},
             {ConsentType::ai_transcription, "ai_transcription"}}};
}

enum class ConsentStatus : std::uint8_t { granted, withdrawn };
constexpr WireWords<ConsentStatus, 2> words_of(ConsentStatus) {
    return {{{ConsentStatus::granted, "granted"}, {ConsentStatus::withdrawn, "withdrawn"}}};
}

enum class ConsentCapacity : std::uint8_t { self, guardian };
constexpr WireWords<ConsentCapacity, 2> words_of(ConsentCapacity) {
    return {{{ConsentCapacity::self, "self"}, {ConsentCapacity::guardian, "guardian"}}};
}

enum class ConsentMethod : std::uint8_t { in_app, verbal, paper, imported };
constexpr WireWords<ConsentMethod, 4> words_of(ConsentMethod) {
    return {{{ConsentMethod::in_app, "in_app"},
             {ConsentMethod::verbal, "verbal"},
             {ConsentMethod::paper, "paper"},
             {ConsentMethod::imported, "imported"}}};
}

/// What a person agreed to, as the consent service keeps it.
struct ConsentRecord {
    ConsentId id;
    TenantId tenant;
    PatientId patient;
    ConsentType type{};
    ConsentStatus status{};
    std::string granted_by;
    ConsentCapacity capacity{};
    ConsentMethod method{};
    std::string text_version;
    std::string language;
    Instant at;
    std::optional<Instant> expires_at = {};
    std::optional<Instant> withdrawn_at = {};
};

/// What is asked before a gate opens. `command` is the id of the one command that asks, so that the proof
/// it brings opens nothing else.
struct ConsentQuestion {
    TenantId tenant;
    PatientId patient;
    ConsentType type{};
    std::string command;
};

/// What the consent service said. It names whom and what it speaks about, so that an answer about somebody
/// else (a proxy's cache, a mixed-up reply) is seen as nonsense and closes the gate.
struct ConsentAnswer {
    TenantId tenant;
    PatientId patient;
    ConsentType type{};
    bool granted = false;
    std::string text_version = {};
    std::optional<Instant> expires_at = {};
};

class ConsentGate;

/// Shows that this patient's consent of this type stood when this command asked. Only `ConsentGate` makes
/// one. It moves into the command it was asked for and cannot be copied, kept or used for another.
template <ConsentType Purpose>
class ConsentProof {
  public:
    ConsentProof(ConsentProof&&) = default;
    ConsentProof& operator=(ConsentProof&&) = delete;
    ConsentProof(const ConsentProof&) = delete;
    ConsentProof& operator=(const ConsentProof&) = delete;

    [[nodiscard]] bool covers(const TenantId& tenant, const PatientId& patient,
                              std::string_view command) const {
        return question_.tenant == tenant && question_.patient == patient && question_.command == command;
    }

  private:
    friend class ConsentGate;
    explicit ConsentProof(ConsentQuestion question) : question_(std::move(question)) {}
    ConsentQuestion question_;
};

using TelehealthProof = ConsentProof<ConsentType::telehealth>;
using RecordingProof = ConsentProof<ConsentType::recording>;

/// The one place where an answer becomes a proof, and it fails closed: no answer is no proof
/// (`consent_service_unavailable`), an answer about another question is nonsense (the same), a denied,
/// expired or locally withdrawn consent is `consent_required` (`recording_consent_required` for recording).
class ConsentGate {
  public:
    template <ConsentType Purpose>
    [[nodiscard]] static Result<ConsentProof<Purpose>> open(ConsentQuestion question,
                                                            const Result<ConsentAnswer>& answer,
                                                            bool withdrawn_here, Instant now) {
        if (const auto verdict = judge(Purpose, question, answer, withdrawn_here, now); !verdict)
            return std::unexpected{verdict.error()};
        return ConsentProof<Purpose>{std::move(question)};
    }

  private:
    [[nodiscard]] static Result<void> judge(ConsentType purpose, const ConsentQuestion& question,
                                            const Result<ConsentAnswer>& answer, bool withdrawn_here,
                                            Instant now);
};

}  // namespace vcare::domain
