// SPDX-License-Identifier: Apache-2.0
#include "domain/consent.hpp"

#include <gtest/gtest.h>

#include "support/builders/session_builder.hpp"

namespace vcare::testing {
namespace {

ConsentQuestion question_about(ConsentType type) {
    return {this_clinic(), the_patient_id(), type, "command-1"};
}

/// Everything a consent service could say, and what the gate makes of it for telehealth.
struct Case {
    std::string_view said;
    Result<ConsentAnswer> answer;
    bool withdrawn_here;
    std::optional<ErrorCode> refused_with;
};

std::vector<Case> everything_it_could_say() {
    const ConsentAnswer yes = granted(question_about(ConsentType::telehealth));
    const auto but = [&](auto change) {
        ConsentAnswer answer = yes;
        change(answer);
        return Result<ConsentAnswer>{answer};
    };
    const auto away = ErrorCode::consent_service_unavailable;
    const auto no = ErrorCode::consent_required;
    return {
        {"granted", yes, false, std::nullopt},
        {"granted until later", but([](auto& a) { a.expires_at = nine_o_clock + minutes{1}; }), false,
         std::nullopt},
        {"granted until now", but([](auto& a) { a.expires_at = nine_o_clock; }), false, no},
        {"expired", but([](auto& a) { a.expires_at = nine_o_clock - days{1}; }), false, no},
        {"not granted", but([](auto& a) { a.granted = false; }), false, no},
        {"granted, withdrawn here", yes, true, no},
        {"not granted, withdrawn here", but([](auto& a) { a.granted = false; }), true, no},
        {"about another tenant", but([](auto& a) { a.tenant = another_clinic(); }), false, away},
        {"about another patient", but([](auto& a) { a.patient = an_opaque_id<PatientId>("patient-2"); }),
         false, away},
        {"about another type", but([](auto& a) { a.type = ConsentType::recording; }), false, away},
        {"nothing (timeout)", refuse(ErrorCode::consent_service_unavailable, "timeout"), false, away},
        {"an error of another kind", refuse(ErrorCode::access_denied), false, away},
        {"nothing, withdrawn here", refuse(ErrorCode::consent_service_unavailable), true, no},
    };
}

TEST(ConsentGate, opens_only_for_a_live_grant_of_exactly_what_was_asked) {
    for (const Case& row : everything_it_could_say()) {
        const auto proof = ConsentGate::open<ConsentType::telehealth>(
            question_about(ConsentType::telehealth), row.answer, row.withdrawn_here, nine_o_clock);
        if (!row.refused_with) {
            ASSERT_TRUE(proof.has_value()) << row.said;
            EXPECT_TRUE(proof->covers(this_clinic(), the_patient_id(), "command-1"));
        } else {
            ASSERT_FALSE(proof.has_value()) << row.said;
            EXPECT_EQ(proof.error().code, *row.refused_with) << row.said;
        }
    }
}

TEST(ConsentGate, says_when_to_ask_again_when_the_service_is_away) {
    const auto proof = ConsentGate::open<ConsentType::telehealth>(
        question_about(ConsentType::telehealth), refuse(ErrorCode::consent_service_unavailable), false,
        nine_o_clock);
    ASSERT_FALSE(proof.has_value());
    EXPECT_TRUE(proof.error().retry_after.has_value());
}

TEST(ConsentGate, stays_shut_when_the_question_was_about_something_else) {
    const ConsentQuestion other = question_about(ConsentType::recording);
    const auto proof = ConsentGate::open<ConsentType::telehealth>(other, granted(other), false, nine_o_clock);
    ASSERT_FALSE(proof.has_value());
    EXPECT_EQ(proof.error().code, ErrorCode::consent_service_unavailable);
}

TEST(ConsentGate, names_the_consent_to_recording_in_its_refusal) {
    const ConsentQuestion question = question_about(ConsentType::recording);
    ConsentAnswer answer = granted(question);
    EXPECT_TRUE(ConsentGate::open<ConsentType::recording>(question, answer, false, nine_o_clock).has_value());
    answer.granted = false;
    const auto proof = ConsentGate::open<ConsentType::recording>(question, answer, false, nine_o_clock);
    ASSERT_FALSE(proof.has_value());
    EXPECT_EQ(proof.error().code, ErrorCode::recording_consent_required);
}

TEST(ConsentGate, asks_for_the_consent_to_transcription_by_its_general_name) {
    const ConsentQuestion question = question_about(ConsentType::ai_transcription);
    const auto proof =
        ConsentGate::open<ConsentType::ai_transcription>(question, granted(question), true, nine_o_clock);
    ASSERT_FALSE(proof.has_value());
    EXPECT_EQ(proof.error().code, ErrorCode::consent_required);
}

TEST(ConsentProof, covers_nobody_but_the_patient_and_nothing_but_the_command_it_was_asked_for) {
    const TelehealthProof proof = a_proof("admit");
    EXPECT_TRUE(proof.covers(this_clinic(), the_patient_id(), "admit"));
    EXPECT_FALSE(proof.covers(another_clinic(), the_patient_id(), "admit"));
    EXPECT_FALSE(proof.covers(this_clinic(), an_opaque_id<PatientId>("patient-2"), "admit"));
    EXPECT_FALSE(proof.covers(this_clinic(), the_patient_id(), "join"));
}

}  // namespace
}  // namespace vcare::testing
