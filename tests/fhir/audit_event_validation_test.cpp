// SPDX-License-Identifier: Apache-2.0
// The audit export before a validator with HL7's own definitions of R4.
#include <gtest/gtest.h>

#include "fhir/validator.hpp"
#include "main/audit_event_codec.hpp"

namespace vcare::program {
namespace {

using application::AuditEntry;
using tests::Cases;

const auto at = domain::parse_rfc3339("2026-03-01T09:30:00Z").value();

AuditEntry an_entry(std::string action) {
    return {.id = domain::AuditId::make(at, {}), .at = at, .actor = "usr-1", .action = std::move(action)};
}

TEST(AuditEventValidation, finds_no_fault_in_any_entry_the_export_writes) {
    AuditEntry everything = an_entry("session.admit");
    everything.session = domain::SessionId::make(at, {});
    everything.patient = domain::PatientId::parse("pat-1");
    everything.outcome = "CONSENT_REQUIRED";
    everything.remote_address = "192.0.2.7";
    everything.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    AuditEntry by_a_worker = an_entry("session.expire");
    by_a_worker.actor = "system:sweeper";
    Cases cases;
    for (const AuditEntry& entry :
         {everything, by_a_worker, an_entry("session.create"), an_entry("sessions.list")})
        cases.emplace(entry.action + ".json", encode_audit_event(entry, "urn:vcare:virtual-session"));

    const AuditEntry of_a_deletion = an_entry("audit.delete");
    const application::AuditFloor floor{
        .sequence = 4711, .chain_hash = std::string(64, 'a'), .at = at, .entry = of_a_deletion.id};
    const std::string with_floor = encode_audit_event(of_a_deletion, "urn:vcare:virtual-session", floor);
    EXPECT_NE(with_floor.find(R"("valueString":"4711")"), std::string::npos);
    cases.emplace("audit.delete.json", with_floor);

    const Cases verdicts = tests::verdicts_on(cases);

    ASSERT_EQ(verdicts.size(), cases.size());
    for (const auto& [file, verdict] : verdicts) EXPECT_EQ(verdict, "valid") << cases.at(file);
}

}  // namespace
}  // namespace vcare::program
