// SPDX-License-Identifier: Apache-2.0
#include "adapters/fhir/encounter_codec.hpp"

#include <gmock/gmock.h>

#include "support/builders/encounter_builder.hpp"

namespace vcare::fhir {
namespace {

using domain::Role;
using testing::HasSubstr;
using testing::Not;
using tests::an_encounter;

std::string written(const tests::EncounterBuilder& builder) {
    return write_encounter(builder.build(), "urn:vcare:virtual-session");
}

TEST(EncounterCodec, writes_every_element_of_a_finished_visit) {
    const std::string json = written(an_encounter()
                                         .with(Role::provider, "usr-1", "Dr. Karimi")
                                         .for_appointment("apt-9")
                                         .at("ward-2")
                                         .of_type({.system = "http://snomed.info/sct",
                                                   .code = "448337001",
                                                   .display = "Telemedicine consultation"})
                                         .because_of("Cough"));

    EXPECT_EQ(
        json,
        R"({"resourceType":"Encounter",)"
        R"("meta":{"tag":[{"system":"urn:vcare:session-mode","code":"video"}]},)"
        R"("identifier":[{"system":"urn:vcare:virtual-session","value":"vsn_01HZY000000000000000000001"}],)"
        R"("status":"finished",)"
        R"("class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"VR","display":"virtual"},)"
        R"("subject":{"reference":"Patient/pat-1"},)"
        R"("period":{"start":"2026-03-01T09:30:00.000Z","end":"2026-03-01T10:00:00.000Z"},)"
        R"("type":[{"coding":[{"system":"http://snomed.info/sct","code":"448337001",)"
        R"("display":"Telemedicine consultation"}]}],)"
        R"("appointment":[{"reference":"Appointment/apt-9"}],)"
        R"("participant":[{"type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType",)"
        R"("code":"ATND","display":"attender"}]}],)"
        R"("period":{"start":"2026-03-01T09:30:00.000Z","end":"2026-03-01T10:00:00.000Z"},)"
        R"("individual":{"reference":"Practitioner/usr-1"}}],)"
        R"("length":{"value":30,"unit":"min","system":"http://unitsofmeasure.org","code":"min"},)"
        R"("reasonCode":[{"text":"Cough"}],)"
        R"("serviceProvider":{"reference":"Organization/ward-2"}})");
}

TEST(EncounterCodec, leaves_out_what_a_visit_has_not) {
    const std::string json = written(an_encounter().because_of(""));

    for (const std::string_view element :
         {"type", "appointment", "participant", "reasonCode", "serviceProvider"})
        EXPECT_THAT(json, Not(HasSubstr('"' + std::string{element} + '"')));
}

TEST(EncounterCodec, leaves_the_end_open_while_a_visit_goes_on) {
    const std::string json = written(an_encounter().still_going_on().with(Role::provider, "usr-1", ""));

    EXPECT_THAT(json, HasSubstr(R"("status":"in-progress")"));
    EXPECT_THAT(json, Not(HasSubstr(R"("end")")));
    EXPECT_THAT(json, Not(HasSubstr(R"("length")")));
}

TEST(EncounterCodec, names_an_interpreter_by_reference_or_else_by_name) {
    const std::string by_reference = written(an_encounter().with(Role::interpreter, "usr-2", "Farid"));
    const std::string by_name = written(an_encounter().with(Role::interpreter, "", "Farid"));

    EXPECT_THAT(by_reference, HasSubstr(R"("individual":{"reference":"Practitioner/usr-2"})"));
    EXPECT_THAT(by_name, HasSubstr(R"("individual":{"display":"Farid"})"));
    EXPECT_THAT(
        by_name,
        HasSubstr(
            R"("system":"http://terminology.hl7.org/CodeSystem/participant-type","code":"translator")"));
}

TEST(EncounterCodec, names_an_observer_by_name_without_a_type) {
    const std::string json = written(an_encounter().with(Role::observer, "usr-3", "Maryam"));

    EXPECT_THAT(json, HasSubstr(R"("individual":{"type":"RelatedPerson","display":"Maryam"})"));
    EXPECT_THAT(json, Not(HasSubstr(R"("participant":[{"type")")));
}

TEST(EncounterCodec, says_nothing_of_who_has_neither_an_id_nor_a_name) {
    EXPECT_THAT(written(an_encounter().with(Role::provider, "", "")), Not(HasSubstr("individual")));
}

TEST(EncounterCodec, tags_the_mode_the_visit_ended_in) {
    for (const auto& [mode, word] : words_of(domain::Mode{}))
        EXPECT_THAT(written(an_encounter().ending_in(mode)),
                    HasSubstr("\"code\":\"" + std::string{word} + '"'));
}

}  // namespace
}  // namespace vcare::fhir
