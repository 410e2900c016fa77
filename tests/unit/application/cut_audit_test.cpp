// SPDX-License-Identifier: Apache-2.0
#include "application/cut_audit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "application/audit_chain.hpp"
#include "application/seal_audit.hpp"
#include "support/fakes/clinic.hpp"

namespace vcare::testing {
namespace {

using application::AuditShortened;
using application::AuditVerdict;
using application::CutAudit;
using ::testing::HasSubstr;

constexpr days kept{365};

/// A clinic whose audit log a test fills.
struct AuditedClinic : Clinic {
    std::unique_ptr<application::RetentionStore> retention = store::make_retention_store(&database);
    application::IdMaker ids{clock, randomness};
    application::SealAudit sealer{services};
    TenantScope scope = doctor().scope;

    void write(std::uint64_t count) {
        std::vector<application::AuditEntry> entries;
        for (std::uint64_t i = 0; i < count; ++i)
            entries.push_back(
                {.id = ids.next<AuditId>(), .at = clock.now(), .actor = "doctor", .action = "session.read"});
        VCARE_CHECK(run(audit->append_reads(scope, std::move(entries))).has_value(), "the store is there");
    }
    void seal_without_a_checkpoint() {
        while (run(queues->seal_audit(1000)).value().entries > 0) continue;
    }
    void seal() {
        seal_without_a_checkpoint();
        clock.time += application::SealAudit::checkpoint_every;
        VCARE_CHECK(run(sealer.run_once()).has_value(), "the store and the keys are there");
    }
    /// Ten entries that are old, five that are not, all sealed.
    void have_lived_long() {
        write(10);
        seal();
        clock.time += kept + days{1};
        write(5);
        seal();
    }
    Result<AuditShortened> try_cut() {
        CutAudit cut{services, *retention};
        return run(cut.cut(scope, clock.time - kept));
    }
    AuditShortened cut() { return try_cut().value(); }
    AuditShortened counted() {
        CutAudit cut{services, *retention};
        return run(cut.count(scope, clock.time - kept)).value();
    }
    AuditVerdict verify() {
        application::VerifyAudit verify{services};
        return run(verify(scope)).value();
    }
    std::optional<application::AuditFloor> floor() { return run(audit->find_floor(scope)).value(); }
    std::size_t sealed() { return run(audit->read_chain(scope, 0, 10'000)).value().size(); }
};

TEST(CutAudit, deletes_what_is_old_enough_and_leaves_a_log_that_verifies) {
    AuditedClinic clinic;
    clinic.have_lived_long();

    const AuditShortened gone = clinic.cut();

    EXPECT_EQ(gone.entries, 10U);
    EXPECT_FALSE(gone.is_more);
    EXPECT_FALSE(gone.first_break.has_value());
    ASSERT_TRUE(clinic.floor().has_value());
    EXPECT_EQ(clinic.floor()->sequence, 10U);
    EXPECT_EQ(clinic.floor()->at, clinic.clock.time);
    const AuditVerdict at_once = clinic.verify();
    EXPECT_FALSE(at_once.first_break.has_value()) << at_once.first_break->reason;
    EXPECT_EQ(at_once.entries, 5U);
    EXPECT_EQ(at_once.unsealed, 1U) << "what tells of the deletion";
    EXPECT_EQ(at_once.floor->sequence, 10U);
    clinic.seal();
    const AuditVerdict later = clinic.verify();
    EXPECT_FALSE(later.first_break.has_value()) << later.first_break->reason;
    EXPECT_EQ(later.entries, 6U);
}

TEST(CutAudit, tells_of_itself_in_the_log) {
    AuditedClinic clinic;
    clinic.have_lived_long();
    (void)clinic.cut();

    const auto page = clinic.run(clinic.audit->list_audit(clinic.scope, {})).value();

    EXPECT_EQ(page.items.front().id, clinic.floor()->entry);
    EXPECT_EQ(page.items.front().action, "audit.delete");
    EXPECT_EQ(page.items.front().actor, "system:retention");
    EXPECT_EQ(page.floor->sequence, 10U);
}

TEST(CutAudit, keeps_an_entry_for_as_long_as_is_asked) {
    AuditedClinic clinic;
    clinic.write(1);
    const Instant written = clinic.clock.time;
    clinic.seal();
    clinic.clock.time = written + kept - seconds{1};

    EXPECT_EQ(clinic.cut().entries, 0U);
    clinic.clock.time += seconds{1};
    EXPECT_EQ(clinic.cut().entries, 1U);
    EXPECT_EQ(clinic.cut().entries, 0U);
}

TEST(CutAudit, keeps_what_is_not_sealed_or_in_no_checkpoint) {
    AuditedClinic clinic;
    clinic.write(3);
    clinic.clock.time += kept + days{1};
    EXPECT_EQ(clinic.cut().entries, 0U);
    clinic.seal_without_a_checkpoint();
    EXPECT_EQ(clinic.cut().entries, 0U);
    EXPECT_EQ(clinic.counted().entries, 0U);

    clinic.seal();
    EXPECT_EQ(clinic.cut().entries, 3U);
    EXPECT_FALSE(clinic.verify().first_break.has_value());
}

TEST(CutAudit, goes_from_floor_to_floor_over_the_years) {
    AuditedClinic clinic;
    for (std::uint64_t year = 0; year < 4; ++year) {
        clinic.write(4);
        clinic.seal();
        clinic.clock.time += kept + days{1};
        // Each year what was written, and since the second the entry of the deletion before.
        EXPECT_EQ(clinic.cut().entries, year == 0 ? 4U : 5U);
        clinic.seal();
        const AuditVerdict verdict = clinic.verify();
        EXPECT_FALSE(verdict.first_break.has_value()) << verdict.first_break->reason;
        EXPECT_EQ(verdict.entries, 1U);
    }
    EXPECT_EQ(clinic.floor()->sequence, 19U);
}

TEST(CutAudit, takes_a_long_log_in_batches_each_with_a_floor) {
    AuditedClinic clinic;
    clinic.write(2 * CutAudit::batch + 10);
    clinic.seal();
    clinic.clock.time += kept + days{1};
    clinic.write(2);
    clinic.seal();
    EXPECT_EQ(clinic.counted().entries, 2 * CutAudit::batch + 10);
    EXPECT_FALSE(clinic.floor().has_value()) << "counting deletes nothing";

    for (const std::uint64_t batch : {CutAudit::batch, CutAudit::batch, 10U}) {
        const AuditShortened gone = clinic.cut();
        EXPECT_EQ(gone.entries, batch);
        EXPECT_EQ(gone.is_more, batch == CutAudit::batch);
        EXPECT_FALSE(clinic.verify().first_break.has_value()) << clinic.verify().first_break->reason;
    }
    EXPECT_EQ(clinic.counted().entries, 0U);
    EXPECT_EQ(clinic.sealed(), 2U);
}

/// What somebody does to the log behind the service's back, and what verification says of it.
struct Tampering {
    std::string name;
    std::string sql;
    std::uint64_t sequence = 0;
    std::string reason;
};

/// The chain made anew over what the entries say now.
std::string sealed_anew(AuditedClinic& clinic) {
    std::string sql;
    std::string hash;
    for (const auto& sealed : clinic.run(clinic.audit->read_chain(clinic.scope, 0, 1000)).value()) {
        hash = clinic.cryptography->sha256_hex(hash + canonical_text(sealed.entry));
        sql += "UPDATE audit_chain SET chain_hash = '" + hash +
               "' WHERE sequence = " + std::to_string(*sealed.sequence) + ";";
    }
    return sql;
}

TEST(VerifyAudit, finds_what_was_done_to_a_log_that_was_cut) {
    const std::string place = "(SELECT audit_id FROM audit_chain WHERE sequence = ";
    const std::vector<Tampering> tamperings = {
        {"no floor", "DELETE FROM audit_floors", 1, "an entry is missing before this one"},
        {"cut further, with its place",
         "DELETE FROM audit_entries WHERE audit_id = " + place +
             "11);"
             "DELETE FROM audit_chain WHERE sequence = 11",
         11, "an entry is missing before this one"},
        {"cut further, and the floor moved there",
         "DELETE FROM audit_entries WHERE audit_id = " + place +
             "11);"
             "UPDATE audit_floors SET sequence = 11,"
             " chain_hash = (SELECT chain_hash FROM audit_chain WHERE sequence = 11);"
             "DELETE FROM audit_chain WHERE sequence = 11",
         11, "the floor's signature is not right"},
        {"another signature", "UPDATE audit_floors SET signature = 'signed 7'", 10,
         "the floor's signature is not right"},
        {"another time", "UPDATE audit_floors SET at = at - 1", 10, "the floor's signature is not right"},
        {"an edited entry", "UPDATE audit_entries SET actor = 'nobody' WHERE audit_id = " + place + "12)", 12,
         "the entry is not what was sealed"},
        {"a missing entry", "DELETE FROM audit_entries WHERE audit_id = " + place + "12)", 12,
         "an entry is missing before this one"},
        {"the last entry missing", "DELETE FROM audit_entries WHERE audit_id = " + place + "16)", 16,
         "the last entry is missing"},
        {"cut off at the end",
         "DELETE FROM audit_entries WHERE audit_id IN (SELECT audit_id FROM audit_chain WHERE sequence > 13);"
         "DELETE FROM audit_chain WHERE sequence > 13",
         14, "the chain is cut off behind a signed checkpoint"},
        {"all of it cut off",
         "DELETE FROM audit_entries WHERE audit_id <> (SELECT audit_id FROM audit_floors);"
         "DELETE FROM audit_chain",
         11, "the chain is cut off behind a signed checkpoint"},
        {"an entry from before",
         "INSERT INTO audit_entries SELECT tenant_id, 'aud_01KJQ00000000000000000000A', at, actor, action,"
         " session_id, patient_id, outcome, remote_address, trace_id FROM audit_entries LIMIT 1;"
         "INSERT INTO audit_chain SELECT tenant_id, 10, 'aud_01KJQ00000000000000000000A', chain_hash"
         " FROM audit_chain WHERE sequence = 11",
         0, "the entry was not written by this service"},
    };
    for (const Tampering& row : tamperings) {
        AuditedClinic clinic;
        clinic.have_lived_long();
        ASSERT_EQ(clinic.cut().entries, 10U);
        clinic.seal();
        ASSERT_FALSE(clinic.verify().first_break.has_value());

        clinic.database.tamper(row.sql);

        const AuditVerdict verdict = clinic.verify();
        ASSERT_TRUE(verdict.first_break.has_value()) << row.name;
        EXPECT_EQ(verdict.first_break->sequence, row.sequence) << row.name;
        EXPECT_EQ(verdict.first_break->reason, row.reason) << row.name;
    }
}

TEST(VerifyAudit, misses_the_entry_of_a_deletion_even_before_it_is_sealed) {
    AuditedClinic clinic;
    clinic.have_lived_long();
    ASSERT_EQ(clinic.cut().entries, 10U);
    const std::string entry = " WHERE audit_id = (SELECT audit_id FROM audit_floors)";
    clinic.database.tamper("DELETE FROM audit_entries" + entry + "; DELETE FROM audit_unsealed" + entry);

    const AuditVerdict verdict = clinic.verify();
    ASSERT_TRUE(verdict.first_break.has_value());
    EXPECT_EQ(verdict.first_break->id, clinic.floor()->entry.text());
    EXPECT_EQ(verdict.first_break->reason, "the entry that tells of the deletion is missing");
}

TEST(VerifyAudit, finds_a_log_that_was_cut_without_a_floor_ever) {
    AuditedClinic clinic;
    clinic.have_lived_long();
    clinic.database.tamper(
        "DELETE FROM audit_entries WHERE audit_id IN (SELECT audit_id FROM audit_chain WHERE sequence <= 4);"
        "DELETE FROM audit_chain WHERE sequence <= 4");

    const AuditVerdict verdict = clinic.verify();
    ASSERT_TRUE(verdict.first_break.has_value());
    EXPECT_EQ(verdict.first_break->sequence, 1U);
}

TEST(VerifyAudit, holds_the_floor_against_a_checkpoint_of_the_same_place) {
    AuditedClinic clinic;
    clinic.have_lived_long();
    ASSERT_EQ(clinic.cut().entries, 10U);
    // A floor that our own key has signed, but not over what was there.
    auto floor = *clinic.floor();
    floor.chain_hash = std::string(64, '0');
    const auto signature =
        clinic.run(clinic.keys.sign_checkpoint(canonical_text(clinic.scope.tenant(), floor))).value();
    clinic.database.tamper("UPDATE audit_floors SET chain_hash = '" + floor.chain_hash + "', signature = '" +
                           signature + "'");

    const AuditVerdict verdict = clinic.verify();
    ASSERT_TRUE(verdict.first_break.has_value());
    EXPECT_EQ(verdict.first_break->reason, "the floor differs from a signed checkpoint");
}

TEST(VerifyAudit, believes_no_floor_of_another_tenant) {
    AuditedClinic clinic;
    clinic.have_lived_long();
    ASSERT_EQ(clinic.cut().entries, 10U);
    const auto floor = *clinic.floor();

    EXPECT_NE(canonical_text(clinic.scope.tenant(), floor), canonical_text(another_clinic(), floor));
    EXPECT_FALSE(
        application::mark_of({.text = canonical_text(clinic.scope.tenant(), floor)}, clinic.scope.tenant())
            .has_value())
        << "nor is it a checkpoint";
}

TEST(VerifyAudit, is_not_misled_by_a_deletion_meanwhile) {
    AuditedClinic clinic;
    clinic.have_lived_long();
    // Once it has read where the log begins.
    clinic.keys.before_verifying = [&] { ASSERT_EQ(clinic.cut().entries, 10U); };

    const AuditVerdict verdict = clinic.verify();

    EXPECT_FALSE(verdict.first_break.has_value()) << verdict.first_break->reason;
    EXPECT_EQ(verdict.entries, 5U);
    EXPECT_EQ(verdict.floor->sequence, 10U);
}

TEST(CutAudit, deletes_nothing_of_a_log_that_is_not_whole) {
    const std::string place = "(SELECT audit_id FROM audit_chain WHERE sequence = ";
    const std::vector<Tampering> tamperings = {
        {"edited", "UPDATE audit_entries SET actor = 'nobody' WHERE audit_id = " + place + "3)", 3,
         "the entry is not what was sealed"},
        {"missing", "DELETE FROM audit_entries WHERE audit_id = " + place + "3)", 3,
         "an entry is missing before this one"},
        {"the first one missing", "DELETE FROM audit_entries WHERE audit_id = " + place + "1)", 1,
         "an entry is missing before this one"},
        {"the last old one missing", "DELETE FROM audit_entries WHERE audit_id = " + place + "10)", 10,
         "an entry is missing before this one"},
        {"missing with its place", "DELETE FROM audit_chain WHERE sequence = 3", 3,
         "an entry is missing before this one"},
        {"begun anew", "DELETE FROM audit_chain WHERE sequence < 3", 1,
         "an entry is missing before this one"},
        {"cut off",
         "DELETE FROM audit_entries WHERE audit_id IN (SELECT audit_id FROM audit_chain WHERE sequence > 8);"
         "DELETE FROM audit_chain WHERE sequence > 8",
         9, "the chain is cut off behind a signed checkpoint"},
    };
    for (const Tampering& row : tamperings) {
        AuditedClinic clinic;
        clinic.have_lived_long();
        clinic.database.tamper(row.sql);
        const std::size_t before = clinic.sealed();

        const AuditShortened gone = clinic.cut();

        ASSERT_TRUE(gone.first_break.has_value()) << row.name;
        EXPECT_EQ(gone.first_break->sequence, row.sequence) << row.name;
        EXPECT_EQ(gone.first_break->reason, row.reason) << row.name;
        EXPECT_EQ(gone.entries, 0U) << row.name;
        EXPECT_EQ(clinic.sealed(), before) << row.name;
        EXPECT_FALSE(clinic.floor().has_value()) << row.name;
        EXPECT_TRUE(clinic.counted().first_break.has_value()) << row.name;
        EXPECT_TRUE(clinic.verify().first_break.has_value()) << row.name;
    }
}

TEST(CutAudit, covers_up_no_log_that_somebody_sealed_anew) {
    AuditedClinic clinic;
    clinic.have_lived_long();
    clinic.database.tamper(
        "UPDATE audit_entries SET actor = 'nobody' WHERE audit_id ="
        " (SELECT audit_id FROM audit_chain WHERE sequence = 3)");
    clinic.database.tamper(sealed_anew(clinic));

    const AuditShortened gone = clinic.cut();

    ASSERT_TRUE(gone.first_break.has_value());
    EXPECT_EQ(gone.first_break->reason, "the chain differs from a signed checkpoint");
    EXPECT_EQ(clinic.sealed(), 15U);
}

TEST(CutAudit, builds_on_no_floor_and_no_checkpoint_that_is_not_ours) {
    AuditedClinic clinic;
    clinic.have_lived_long();
    clinic.keys.forges = true;
    EXPECT_THAT(clinic.cut().first_break->reason, HasSubstr("a checkpoint's signature"));
    clinic.keys.forges = false;
    ASSERT_EQ(clinic.cut().entries, 10U);
    clinic.seal();
    clinic.clock.time += kept + days{1};

    clinic.keys.forges = true;
    EXPECT_THAT(clinic.cut().first_break->reason, HasSubstr("the floor's signature"));
    EXPECT_EQ(clinic.sealed(), 6U);
}

TEST(CutAudit, leaves_it_to_whoever_cuts_at_the_same_time) {
    AuditedClinic clinic;
    clinic.have_lived_long();
    clinic.keys.before_verifying = [&] { ASSERT_EQ(clinic.cut().entries, 10U); };

    const AuditShortened gone = clinic.cut();

    EXPECT_EQ(gone.entries, 0U);
    EXPECT_TRUE(gone.is_more);
    EXPECT_FALSE(gone.first_break.has_value());
    EXPECT_FALSE(clinic.verify().first_break.has_value());
    EXPECT_EQ(clinic.cut().entries, 0U);
}

TEST(CutAudit, deletes_nothing_that_it_cannot_sign_for) {
    AuditedClinic clinic;
    clinic.have_lived_long();
    clinic.keys.is_away = true;

    EXPECT_EQ(refusal_of(clinic.try_cut()), ErrorCode::key_service_unavailable);
    EXPECT_EQ(clinic.sealed(), 15U);
}

}  // namespace
}  // namespace vcare::testing
