// SPDX-License-Identifier: Apache-2.0
#include "domain/wire_words.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "domain/error.hpp"
#include "domain/join_window.hpp"
#include "domain/permission.hpp"
#include "domain/phi.hpp"

namespace vcare::domain {
namespace {

/// Every enumerator has one word, no word is used twice, and each leads back to its enumerator.
template <class E>
class WireWordsOf : public ::testing::Test {};

using Enumerations =
    ::testing::Types<SessionStatus, ParticipantStatus, Role, Mode, ConnectionQuality, FallbackAdvice,
                     ConsentType, ConsentStatus, ConsentCapacity, ConsentMethod, LinkState, StaffRole, Scope,
                     TelehealthConsentAt, OnWithdrawal>;
TYPED_TEST_SUITE(WireWordsOf, Enumerations);

TYPED_TEST(WireWordsOf, lead_there_and_back) {
    std::set<std::string_view> words;
    std::size_t position = 0;
    for (const auto& [value, word] : words_of(TypeParam{})) {
        EXPECT_EQ(static_cast<std::size_t>(value), position++) << "the table has a gap before " << word;
        EXPECT_FALSE(word.empty());
        EXPECT_TRUE(words.insert(word).second) << word;
        EXPECT_EQ(to_wire(value), word);
        EXPECT_EQ(parse_wire<TypeParam>(word), value);
    }
}

TYPED_TEST(WireWordsOf, know_no_other_word) {
    EXPECT_EQ(parse_wire<TypeParam>(""), std::nullopt);
    EXPECT_EQ(parse_wire<TypeParam>("UNKNOWN WORD"), std::nullopt);
    EXPECT_EQ(to_wire(static_cast<TypeParam>(250)), "unknown");
}

TEST(ErrorTable, says_for_every_code_what_a_client_needs) {
    std::set<std::string_view> wires;
    std::size_t count = 0;
#define VCARE_ERROR(identifier, wire, status, retryable, title, sentence) ++count;
#include "generated/error_codes.inc"
#undef VCARE_ERROR
    for (std::size_t i = 0; i < count; ++i) {
        const ErrorInfo& info = info_of(static_cast<ErrorCode>(i));
        EXPECT_TRUE(wires.insert(info.wire).second) << info.wire;
        EXPECT_GE(info.http_status, 400);
        EXPECT_LT(info.http_status, 600);
        EXPECT_FALSE(info.title.empty());
        EXPECT_FALSE(info.sentence.empty());
        EXPECT_EQ(info.wire.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), std::string_view::npos);
    }
    EXPECT_EQ(info_of(ErrorCode::invalid_status_transition).wire, "INVALID_STATUS_TRANSITION");
    EXPECT_EQ(info_of(ErrorCode::invalid_status_transition).http_status, 409);
    EXPECT_EQ(info_of(ErrorCode::consent_service_unavailable).http_status, 503);
}

TEST(Error, of_a_field_names_it) {
    const Result<int> refused = refuse_field("/reason", "must not be empty");
    EXPECT_EQ(refused.error().code, ErrorCode::validation_error);
    EXPECT_EQ(refused.error().fields, (std::vector<FieldError>{{"/reason", "must not be empty"}}));
}

TEST(Phi, is_shown_only_where_it_is_revealed) {
    const Phi<std::string> name{"Ada"};
    EXPECT_EQ(name.reveal(), "Ada");
    EXPECT_EQ(Phi<std::string>{"Ada"}.reveal(), "Ada");
    EXPECT_EQ(name, Phi<std::string>{"Ada"});
    EXPECT_NE(name, Phi<std::string>{});
}

}  // namespace
}  // namespace vcare::domain
