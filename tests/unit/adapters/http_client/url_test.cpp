// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/url.hpp"

#include <gtest/gtest.h>

namespace vcare::http_client {
namespace {

TEST(Url, is_taken_apart) {
    const auto url = Url::parse("https://EHR.example:8443/fhir/R4?tenant=a%20b").value();

    EXPECT_TRUE(url.is_secure());
    EXPECT_EQ(url.host(), "ehr.example");
    EXPECT_EQ(url.port(), 8443);
    EXPECT_EQ(url.target(), "/fhir/R4?tenant=a%20b");
    EXPECT_EQ(url.authority(), "ehr.example:8443");
    EXPECT_EQ(url.origin(), "https://ehr.example:8443");
    EXPECT_EQ(url.text(), "https://ehr.example:8443/fhir/R4?tenant=a%20b");
}

TEST(Url, has_the_port_of_its_scheme_when_it_names_none) {
    EXPECT_EQ(Url::parse("http://ehr.example")->port(), 80);
    EXPECT_EQ(Url::parse("https://ehr.example")->port(), 443);
    EXPECT_EQ(Url::parse("https://ehr.example:443")->authority(), "ehr.example");
    EXPECT_EQ(Url::parse("https://ehr.example")->target(), "/");
}

TEST(Url, keeps_the_brackets_of_an_address_where_they_belong) {
    const auto url = Url::parse("http://[::1]:8080/x").value();

    EXPECT_EQ(url.host(), "::1");
    EXPECT_EQ(url.authority(), "[::1]:8080");
}

TEST(Url, is_nothing_else) {
    for (const char* text :
         {"", "ehr.example", "/fhir", "ftp://ehr.example/", "https://", "https:///fhir",
          "https://user:secret@ehr.example/", "https://ehr.example/#part", "https://ehr.example:0/",
          "https://ehr.example:99999/", "https://ehr .example/", "https://ehr.example/a b",
          "https://ehr.example/\r\nhost: other", "http://127.0.0.1.example/"}) {
        EXPECT_FALSE(Url::parse(text)) << text;
    }
}

TEST(Url, is_a_base_for_what_stands_below) {
    for (const char* base :
         {"https://ehr.example/fhir", "https://ehr.example/fhir/", "https://ehr.example/fhir?left=behind"}) {
        EXPECT_EQ(Url::parse(base)->below("Encounter?identifier=a%7Cb").text(),
                  "https://ehr.example/fhir/Encounter?identifier=a%7Cb")
            << base;
    }
}

TEST(Url, encodes_below_it_what_may_not_stand_in_a_url) {
    EXPECT_EQ(Url::parse("http://a")->below("x y?q=\r\n|\"é#").target(), "/x%20y?q=%0D%0A%7C%22%C3%A9%23");
}

TEST(Url, encodes_values_so_that_they_end_nowhere_else) {
    EXPECT_EQ(percent_encoded("a-b._~ &=?/+%é"), "a-b._~%20%26%3D%3F%2F%2B%25%C3%A9");
}

}  // namespace
}  // namespace vcare::http_client
