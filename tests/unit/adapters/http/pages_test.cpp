// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/pages.hpp"

#include <gtest/gtest.h>

namespace vcare::http {
namespace {

// The reference page is embedded in every build; the other pages are served by the same code.
constexpr std::string_view page = "/docs/index.html";

Response fetch(std::string_view name, std::string_view header = "", std::string value = "",
               bool is_https = false) {
    Request request;
    if (!header.empty()) request.headers.add(std::string{header}, std::move(value));
    return find_file(name, request, {.is_https = is_https}).value();
}

TEST(Pages, are_sent_as_they_are_to_who_takes_no_encoding) {
    const auto response = fetch(page);
    EXPECT_EQ(response.status, 200);
    EXPECT_FALSE(response.headers.find("Content-Encoding"));
    EXPECT_NE(response.bytes().find("<html"), std::string_view::npos);
    EXPECT_EQ(response.headers.find("Vary"), "Accept-Encoding");
}

TEST(Pages, are_sent_in_the_best_encoding_that_is_taken) {
    EXPECT_EQ(fetch(page, "Accept-Encoding", "gzip, br").headers.find("Content-Encoding"), "br");
    EXPECT_EQ(fetch(page, "Accept-Encoding", "gzip;q=1.0, br;q=0").headers.find("Content-Encoding"), "gzip");
    EXPECT_FALSE(fetch(page, "Accept-Encoding", "identity").headers.find("Content-Encoding"));
}

TEST(Pages, are_not_sent_again_to_who_has_them) {
    const auto first = fetch(page);
    const auto second = fetch(page, "If-None-Match", std::string{*first.headers.find("ETag")});
    EXPECT_EQ(second.status, 304);
    EXPECT_TRUE(second.bytes().empty());
}

TEST(Pages, have_a_tag_for_each_encoding) {
    EXPECT_NE(fetch(page).headers.find("ETag"), fetch(page, "Accept-Encoding", "br").headers.find("ETag"));
}

TEST(Pages, say_what_they_may_do) {
    const auto response = fetch(page);
    const auto policy = response.headers.find("Content-Security-Policy").value_or("");
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string_view::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string_view::npos);
    EXPECT_EQ(response.headers.find("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(response.headers.find("X-Content-Type-Options"), "nosniff");
    EXPECT_FALSE(response.headers.find("Strict-Transport-Security"));
    EXPECT_TRUE(fetch(page, "", "", true).headers.find("Strict-Transport-Security"));
}

TEST(Pages, of_staff_alone_may_ask_the_provider_that_staff_sign_in_with) {
    const PageOptions options{.issuer_origin = "https://id.example"};
    EXPECT_TRUE(
        policy_of_page("/provider/index.html", options).ends_with("connect-src 'self' https://id.example"));
    EXPECT_TRUE(policy_of_page("/provider/index.html", {}).ends_with("connect-src 'self'"));
    EXPECT_TRUE(policy_of_page("/v/index.html", options).ends_with("connect-src 'self'"));
}

TEST(Pages, load_pictures_from_this_origin_and_from_the_hosts_of_logos_and_nowhere_else) {
    EXPECT_TRUE(policy_of_page("/v/index.html", {}).starts_with("img-src 'self' data:; "));
    const std::vector<std::string> hosts = {"cdn.example", "logos.example:8443"};
    EXPECT_TRUE(policy_of_page("/v/index.html", {.logo_hosts = hosts})
                    .starts_with("img-src 'self' data: https://cdn.example https://logos.example:8443; "));
}

TEST(Pages, are_found_by_their_exact_name_only) {
    for (const auto* path :
         {"/../docs/index.html", "/docs/../docs/index.html", "//docs/index.html", "/docs/", ""}) {
        Request request;
        request.path = path;
        EXPECT_FALSE(find_page(request, {})) << path;
    }
}

}  // namespace
}  // namespace vcare::http
