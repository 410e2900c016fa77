// SPDX-License-Identifier: Apache-2.0
// What the codec writes, before a validator with HL7's own definitions of R4 (validate.mjs).

#include <gmock/gmock.h>

#include "adapters/fhir/encounter_check.hpp"
#include "adapters/fhir/encounter_codec.hpp"
#include "fhir/validator.hpp"
#include "support/builders/encounter_builder.hpp"

namespace vcare::fhir {
namespace {

using domain::Mode;
using domain::Role;
using testing::HasSubstr;
using tests::an_encounter;
using tests::Cases;
using tests::verdicts_on;

std::string written(const tests::EncounterBuilder& builder) {
    return write_encounter(builder.build(), "urn:vcare:virtual-session");
}

/// Every element a visit can have, each alone and all together, finished and going on, in every mode.
Cases encounters() {
    tests::EncounterBuilder everything =
        an_encounter()
            .with(Role::provider, "usr-1", "Dr. Karimi")
            .with(Role::provider, "", "Dr. Noori")
            .with(Role::provider, "", "")
            .with(Role::interpreter, "usr-2", "Farid")
            .with(Role::interpreter, "", "فرید")
            .with(Role::observer, "", "Maryam")
            .with(Role::observer, "", "")
            .for_appointment("apt:9_x")
            .at("ward.2")
            .of_type(
                {.system = "http://snomed.info/sct", .code = "448337001", .display = "معاینه از راه دور"})
            .because_of("Cough \"since\" <yesterday>\n& سرفه");
    Cases cases = {
        {"plain.json", written(an_encounter())},
        {"everything.json", written(everything)},
        {"provider.json", written(an_encounter().with(Role::provider, "usr-1", ""))},
        {"interpreter.json", written(an_encounter().with(Role::interpreter, "", "Farid"))},
        {"observer.json", written(an_encounter().with(Role::observer, "", "Maryam"))},
        {"appointment.json", written(an_encounter().for_appointment("apt-9"))},
        {"organization.json", written(an_encounter().at("ward-2"))},
        {"type.json", written(an_encounter().of_type({.system = "urn:clinic:visits", .code = "V1"}))},
        {"reason.json", written(an_encounter().because_of("Cough"))},
        {"kept.json",
         with_id_and_version(written(everything), "01HZY000000000000000000001", "2026-03-01T10:00:00.000Z")}};
    for (const auto& [mode, word] : words_of(Mode{}))
        cases.emplace("mode_" + std::string{word} + ".json", written(an_encounter().ending_in(mode)));
    cases.emplace("going_on.json", written(everything.still_going_on()));
    return cases;
}

TEST(EncounterValidation, finds_no_fault_in_any_encounter_the_codec_writes) {
    const Cases cases = encounters();

    const Cases verdicts = verdicts_on(cases);

    ASSERT_EQ(verdicts.size(), cases.size());
    for (const auto& [file, verdict] : verdicts)
        EXPECT_EQ(verdict, "valid") << file << ": " << cases.at(file);
}

TEST(EncounterValidation, finds_every_fault_that_is_planted) {
    const auto with = [](std::string_view what, std::string_view instead) {
        std::string json = written(an_encounter()
                                       .with(Role::provider, "usr-1", "")
                                       .of_type({.system = "urn:clinic:visits", .code = "V1"})
                                       .because_of("Cough"));
        return json.replace(json.find(what), what.size(), instead);
    };
    const std::map<std::string, std::string> faults = {
        {with(R"("class")", R"("klass")"), "Encounter.klass"},
        {with(R"("status":"finished",)", ""), "Encounter.status"},
        {with(R"("period":{"start":"2026-03-01T09:30:00.000Z")", R"("period":{"start":"half past nine")"),
         "Encounter.period.start"},
        {with("Practitioner/", "Organization/"), "Encounter.participant"},
        {with(R"("type":[{"coding":[{"system":"urn:clinic:visits")", R"("type":[{"coding":[{"system":7)"),
         "Encounter.type"},
        {with(R"("value":30)", R"("value":"30")"), "Encounter.length.value"},
        {with(R"([{"text":"Cough"}])", R"({"text":"Cough"})"), "Encounter.reasonCode"},
        {with(R"("subject":{)", R"("subject":{"name":"x",)"), "Encounter.subject.name"}};
    Cases cases;
    std::map<std::string, std::string> expected;
    for (const auto& [json, place] : faults) {
        const std::string file = "fault_" + std::to_string(cases.size()) + ".json";
        cases.emplace(file, json);
        expected.emplace(file, place);
    }

    const Cases verdicts = verdicts_on(cases);

    ASSERT_EQ(verdicts.size(), cases.size());
    for (const auto& [file, verdict] : verdicts)
        EXPECT_THAT(verdict, HasSubstr(expected.at(file))) << cases.at(file);
}

}  // namespace
}  // namespace vcare::fhir
