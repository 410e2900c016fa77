// SPDX-License-Identifier: Apache-2.0
#include "adapters/identity/jwks_source.hpp"

#include <gtest/gtest.h>

#include "adapters/identity/token_codec.hpp"
#include "unit/adapters/await.hpp"

namespace vcare::identity {
namespace {

using tests::await;

TEST(FixedJwks, finds_a_key_by_its_id) {
    const crypto::Es256Key key = crypto::Es256Key::generate();
    const auto jwks = make_fixed_jwks(write_jwks(key.point(), "k1"));
    ASSERT_TRUE(jwks);

    const auto found = await(jwks->find_key("k1"));

    ASSERT_TRUE(found.value());
    EXPECT_TRUE((*found)->verifies("text", key.sign("text")));
    EXPECT_FALSE(await(jwks->find_key("k2")).value());
}

TEST(FixedJwks, leaves_out_keys_that_are_of_no_use_here) {
    const std::string right = write_jwks(crypto::Es256Key::generate().point(), "k1");
    const auto with = [&](std::string_view what, std::string_view instead) {
        std::string changed = right;
        return changed.replace(changed.find(what), what.size(), instead);
    };
    for (const std::string& set :
         {with("\"sig\"", "\"enc\""), with("ES256", "ES384"), with("P-256", "P-384"),
          with("\"EC\"", "\"RSA\""), with("\"EC\"", "\"oct\""), with("\"kid\"", "\"id\""),
          with("\"x\":\"", "\"x\":\"AA"), std::string{R"({"keys":[1,"k1",null]})"}}) {
        const auto jwks = make_fixed_jwks(set);
        ASSERT_TRUE(jwks) << set;
        EXPECT_FALSE(await(jwks->find_key("k1")).value()) << set;
    }
}

TEST(FixedJwks, is_made_of_nothing_but_a_jwk_set) {
    for (const std::string_view text : {"", "[]", "{}", R"({"keys":{}})", "{\"keys\":["})
        EXPECT_FALSE(make_fixed_jwks(text)) << text;
}

}  // namespace
}  // namespace vcare::identity
