// SPDX-License-Identifier: Apache-2.0
#include "adapters/sealing/sealed_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vcare::sealing {
namespace {

using application::TenantKey;
using testing::HasSubstr;
using testing::Not;

constexpr Place her_mail = {.tenant = "hill", .column = "participants.email", .row = "vsp_1"};

TenantKey key(unsigned version = 7) {
    return {.bytes = std::string(32, static_cast<char>('a' + version)), .version = version};
}

TEST(SealedText, opens_in_its_own_place) {
    const std::string sealed = seal_text(key(), "maryam@example.org", her_mail);

    EXPECT_TRUE(is_sealed(sealed));
    EXPECT_THAT(sealed, Not(HasSubstr("maryam")));
    EXPECT_EQ(open_text(key(), sealed, her_mail), "maryam@example.org");
}

TEST(SealedText, of_any_bytes_opens_to_the_same_bytes) {
    const std::string last_of_all = seal_text(key(), "x", her_mail);
    for (const std::string& plain : {std::string{"\x01phi.1.AAAA"}, std::string{"سلام\n\""}, last_of_all}) {
        const std::string sealed = seal_text(key(), plain, her_mail);
        EXPECT_EQ(open_text(key(), sealed, her_mail), plain);
    }
}

TEST(SealedText, of_the_same_text_is_never_the_same) {
    EXPECT_NE(seal_text(key(), "Maryam", her_mail), seal_text(key(), "Maryam", her_mail));
}

TEST(SealedText, names_the_version_of_its_key) {
    EXPECT_EQ(key_version_of(seal_text(key(1), "Maryam", her_mail)), 1U);
    EXPECT_EQ(key_version_of(seal_text(key(42), "Maryam", her_mail)), 42U);
}

TEST(SealedText, does_not_open_in_another_row_column_or_tenant) {
    const std::string sealed = seal_text(key(), "maryam@example.org", her_mail);

    Place elsewhere = her_mail;
    elsewhere.row = "vsp_2";
    EXPECT_FALSE(open_text(key(), sealed, elsewhere)) << "another row";
    elsewhere = her_mail;
    elsewhere.column = "participants.phone";
    EXPECT_FALSE(open_text(key(), sealed, elsewhere)) << "another column";
    elsewhere = her_mail;
    elsewhere.tenant = "lake";
    EXPECT_FALSE(open_text(key(), sealed, elsewhere)) << "another tenant";
}

TEST(SealedText, does_not_open_with_another_key_or_under_another_version) {
    const std::string sealed = seal_text(key(1), "Maryam", her_mail);

    EXPECT_FALSE(open_text(key(2), sealed, her_mail));
    EXPECT_FALSE(open_text({.bytes = key(2).bytes, .version = 1}, sealed, her_mail));
    EXPECT_FALSE(open_text({.bytes = key(1).bytes, .version = 2}, sealed, her_mail));
}

TEST(SealedText, does_not_open_when_one_character_is_another_one) {
    const std::string sealed = seal_text(key(), "Maryam", her_mail);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(open_text(key(), changed, her_mail)) << "at " << i;
    }
}

TEST(SealedText, without_its_form_does_not_open) {
    const std::string sealed = seal_text(key(), "Maryam", her_mail);
    for (const std::string& text :
         {std::string{"\x01phi."}, std::string{"\x01phi.7"}, std::string{"\x01phi.7."},
          std::string{"\x01phi.x.AAAA"}, std::string{"\x01phi.-7.AAAA"},
          std::string{"\x01phi.99999999999.AAAA"}, sealed.substr(0, sealed.size() / 2), sealed + "A"}) {
        EXPECT_TRUE(is_sealed(text));
        EXPECT_FALSE(open_text(key(), text, her_mail)) << text;
    }
}

TEST(SealedText, is_told_from_a_text_that_somebody_typed) {
    for (const std::string_view text : {"", "Maryam", "phi.7.AAAA", "\x01", "سلام"}) {
        EXPECT_FALSE(is_sealed(text)) << text;
        EXPECT_FALSE(key_version_of(text)) << text;
    }
}

}  // namespace
}  // namespace vcare::sealing
