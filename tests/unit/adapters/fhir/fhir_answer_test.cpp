// SPDX-License-Identifier: Apache-2.0
#include "adapters/fhir/fhir_answer.hpp"

#include <gmock/gmock.h>

namespace vcare::fhir {
namespace {

using domain::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(FhirAnswer, finds_the_id_in_every_form_of_location) {
    for (const std::string_view location :
         {"Encounter/e-1", "/fhir/Encounter/e-1", "https://fhir.example/r4/Encounter/e-1/_history/1",
          "https://fhir.example/Encounter/archive/Encounter/e-1"})
        EXPECT_EQ(encounter_id_in_location(location), "e-1") << location;
}

TEST(FhirAnswer, finds_no_id_in_a_location_of_something_else) {
    for (const std::string_view location :
         {"", "Encounter/", "Patient/e-1", "NoEncounter/e-1", "Encounter/e_1", "Encounter/e-1?x=1",
          "Encounter/e-1/x", "Encounter/12345678901234567890123456789012345678901234567890123456789012345"})
        EXPECT_FALSE(encounter_id_in_location(location)) << location;
}

TEST(FhirAnswer, finds_the_id_of_an_encounter_in_a_body_and_of_nothing_else) {
    EXPECT_EQ(encounter_id_in_body(R"({"resourceType":"Encounter","id":"e-1"})"), "e-1");
    for (const std::string_view body :
         {"", "<html>", R"({"resourceType":"Patient","id":"e-1"})", R"({"resourceType":"Encounter","id":1})",
          R"({"resourceType":"Encounter"})", R"({"resourceType":"Encounter","id":"e-1")", "[]"})
        EXPECT_FALSE(encounter_id_in_body(body)) << body;
}

TEST(FhirAnswer, finds_the_encounters_of_a_searchset) {
    EXPECT_THAT(*encounter_ids_in_bundle(R"({"resourceType":"Bundle","entry":[)"
                                         R"({"resource":{"resourceType":"Encounter","id":"e-1"}},1,{},)"
                                         R"({"resource":{"resourceType":"OperationOutcome","id":"x"}},)"
                                         R"({"resource":{"resourceType":"Encounter","id":"e-2"}}]})"),
                ElementsAre("e-1", "e-2"));
    EXPECT_THAT(*encounter_ids_in_bundle(R"({"resourceType":"Bundle"})"), IsEmpty());
    EXPECT_FALSE(encounter_ids_in_bundle("<html>"));
}

TEST(FhirAnswer, takes_the_codes_of_an_outcome_and_none_of_its_texts) {
    EXPECT_THAT(outcome_codes(R"({"resourceType":"OperationOutcome","issue":[)"
                              R"({"code":"required","diagnostics":"Zahra Ahmadi"},)"
                              R"({"code":"Zahra"},{"code":1},{},2,{"code":"value"}]})"),
                ElementsAre("required", "value"));
    EXPECT_THAT(outcome_codes("Zahra Ahmadi"), IsEmpty());
}

TEST(FhirAnswer, takes_no_more_than_ten_codes) {
    std::string body = R"({"resourceType":"OperationOutcome","issue":[{"code":"value"})";
    for (int i = 0; i < 100; ++i) body += R"(,{"code":"value"})";

    EXPECT_THAT(outcome_codes(body + "]}"), SizeIs(10));
}

TEST(FhirAnswer, knows_json_from_half_of_it_and_from_a_page) {
    EXPECT_TRUE(is_empty_or_json(""));
    EXPECT_TRUE(is_empty_or_json("{}"));
    EXPECT_FALSE(is_empty_or_json("{"));
    EXPECT_FALSE(is_empty_or_json("<html>"));
}

TEST(FhirAnswer, reads_retry_after_in_both_of_its_forms) {
    const auto now = domain::parse_rfc3339("1994-11-06T08:49:00Z").value();

    EXPECT_EQ(parse_retry_after("0", now), seconds{0});
    EXPECT_EQ(parse_retry_after("120", now), seconds{120});
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), seconds{37});
    EXPECT_EQ(parse_retry_after("Sat, 05 Nov 1994 08:49:37 GMT", now), seconds{0}) << "past";
    EXPECT_EQ(parse_retry_after("999999", now), seconds{3600}) << "at most an hour";
}

TEST(FhirAnswer, reads_nothing_else_as_retry_after) {
    for (const std::string_view text :
         {"", "-1", "soon", "1.5", "Sun, 06 Nov 1994 08:49:37 CET", "99999999999",
          "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 36 Nov 1994 08:49:37 GMT"})
        EXPECT_FALSE(parse_retry_after(text, domain::Instant{})) << text;
}

}  // namespace
}  // namespace vcare::fhir
