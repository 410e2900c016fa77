// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "domain/ids.hpp"
#include "support/event_ledger.hpp"
#include "support/store_of_test.hpp"

namespace vcare::support {
namespace {

using testing::HasSubstr;

const std::string api{base_path};

/// The worker looks at a tenant once an hour: as if one had passed.
void pass_an_hour(const std::filesystem::path& data) {
    change_stored(data, "UPDATE retention_times SET due_at = due_at - 3600000");
}

class Retention : public testing::Test {
  protected:
    BookedVisit cancelled(const std::string& patient) {
        give_consent(client_, doctor_, patient);
        const BookedVisit visit = book(client_, doctor_, patient);
        EXPECT_EQ(client_
                      .post(api + "/sessions/" + visit.session + "/cancel",
                            {{"version", visit.version}, {"reason", "no_longer_needed"}}, doctor_)
                      .status,
                  200);
        return visit;
    }
    /// A worker delivers them; nothing on this side tells when.
    void await_delivery() {
        const auto deadline = std::chrono::steady_clock::now() + seconds{60};
        while (demo_.command({"outbox", "list", "--json"}).output != "[]\n")
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "events wait";
    }
    /// As if it had been held so many days earlier.
    void make_older(const BookedVisit& visit, std::int64_t days) {
        const std::string by = std::to_string(days * 24 * 3'600'000);
        change_stored(demo_.data(), "UPDATE sessions SET scheduled_start = scheduled_start - " + by +
                                        ", updated_at = updated_at - " + by + " WHERE session_id = '" +
                                        visit.session + "'");
    }
    int status_of(const BookedVisit& visit) {
        return client_.get(api + "/sessions/" + visit.session, doctor_).status;
    }
    std::string sessions_in(const Finished& finished) {
        return at(boost::json::parse(finished.output), "/tenants/0/rows/sessions");
    }

    TempFolder folder_;
    static DemoOptions every_second() {
        DemoOptions options;
        options.environment["VCARE_RETENTION_INTERVAL_SECONDS"] = "1";
        return options;
    }
    Demo demo_{folder_.path(), every_second()};
    HttpClient client_ = demo_.client();
    Headers doctor_ = demo_.staff();
};

TEST_F(Retention, deletes_visits_of_ten_years_ago_while_the_service_runs) {
    const BookedVisit old = cancelled("patient-old");
    const BookedVisit recent = cancelled("patient-recent");
    await_delivery();
    make_older(old, 3651);
    make_older(recent, 3600);

    const Finished rehearsed = demo_.command({"retention", "run", "--dry-run", "--json"});
    ASSERT_EQ(rehearsed.exit_code, 0) << rehearsed.error;
    EXPECT_EQ(sessions_in(rehearsed), "1");
    EXPECT_EQ(status_of(old), 200);

    const Finished finished = demo_.command({"retention", "run", "--json", "--tenant", demo_.tenant()});
    ASSERT_EQ(finished.exit_code, 0) << finished.error;
    EXPECT_EQ(sessions_in(finished), "1");
    EXPECT_EQ(status_of(old), 404);
    EXPECT_EQ(status_of(recent), 200);
    EXPECT_THAT(client_.get(api + "/audit?sessionId=" + old.session, demo_.staff("auditor")).body,
                HasSubstr("session.delete"));
    EXPECT_EQ(demo_.command({"audit", "verify"}).exit_code, 0);
    EXPECT_THAT(demo_.command({"retention", "run"}).output, HasSubstr("nothing is kept for too long"));
}

TEST_F(Retention, is_kept_by_the_service_itself) {
    const BookedVisit old = cancelled("patient-old");
    const BookedVisit recent = cancelled("patient-recent");
    await_delivery();
    make_older(old, 3651);
    make_older(recent, 3600);
    pass_an_hour(demo_.data());

    EXPECT_TRUE(becomes_true([&] { return status_of(old) == 404; }));
    EXPECT_EQ(status_of(recent), 200);
    EXPECT_THAT(client_.get(api + "/audit?sessionId=" + old.session, demo_.staff("auditor")).body,
                HasSubstr("session.delete"));
    EXPECT_TRUE(becomes_true([&] {
        return demo_.admin_client()
            .get("/metrics")
            .body.contains("vcare_retention_deleted_total{kind=\"sessions\"} 1\n");
    }));
    EXPECT_EQ(demo_.command({"audit", "verify"}).exit_code, 0);
}

TEST_F(Retention, is_not_run_for_a_tenant_that_is_not_there) {
    const Finished finished = demo_.command({"retention", "run", "--tenant", "nowhere"});

    EXPECT_EQ(finished.exit_code, 1);
    EXPECT_THAT(finished.error, HasSubstr("there is no tenant nowhere"));
}

/// A clinic with an audit log of eleven years ago and of today.
class AuditRetention : public testing::Test {
  protected:
    static constexpr unsigned old_entries = 6;

    AuditRetention() : server_(folder_.path(), "retention.interval_seconds = 0\n") {
        EXPECT_EQ(server_.command({"tenant", "add", "north"}).exit_code, 0);
        auditor_ = server_.token("north", "auditor", {"auditor"}, {"--ttl", "86400"});
        EXPECT_EQ(server_.terminate(), 0);
        for (unsigned i = 0; i < old_entries; ++i) write_of_old(i);
        start_with_a_checkpoint();
        EXPECT_TRUE(becomes_true([&] { return rows(retention({"--dry-run"})) == old_entries; }));
    }

    /// What is there at the start is sealed and in a checkpoint before anything else; by itself the next one
    /// comes a minute after the last.
    void start_with_a_checkpoint() {
        change_stored(folder_.path(), "UPDATE counters SET value = 0 WHERE name = 'checkpoint_due'");
        server_.start();
    }
    /// As the service wrote it then.
    void write_of_old(unsigned number) {
        const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
        const domain::Instant at = now - std::chrono::days{11 * 365} + std::chrono::seconds{number};
        const std::string id = domain::AuditId::make(at, {}).text();
        change_stored(
            folder_.path(),
            "INSERT INTO audit_entries (tenant_id, audit_id, at, actor, action, session_id, patient_id,"
            " outcome, remote_address, trace_id) VALUES ('north', '" +
                id + "', " + std::to_string(domain::to_unix_ms(at)) +
                ", 'dr-north', 'session.create', NULL, NULL, 'done', '', '');"
                "INSERT INTO audit_unsealed (tenant_id, audit_id) VALUES ('north', '" +
                id + "')");
    }
    Finished retention(std::vector<std::string> more = {}) {
        std::vector<std::string> line = {"retention", "run", "--json", "--tenant", "north"};
        line.insert(line.end(), more.begin(), more.end());
        return server_.command(line);
    }
    static std::uint64_t rows(const Finished& finished) {
        const std::string text = at(boost::json::parse(finished.output), "/tenants/0/rows/auditEntries");
        return text.empty() ? 0 : std::stoull(text);
    }
    boost::json::value verdict() {
        const Finished finished = server_.command({"audit", "verify", "--json", "--tenant", "north"});
        const boost::json::value answer = boost::json::parse(finished.output);
        const bool is_intact = at(answer, "/tenants/0/intact") == "true";
        EXPECT_EQ(finished.exit_code, is_intact ? 0 : 1);
        return answer.at_pointer("/tenants/0");
    }
    /// Entries of reads are written a moment later, and sealed another.
    void await_entries(unsigned sealed) {
        EXPECT_TRUE(becomes_true([&] { return at(verdict(), "/entries") == std::to_string(sealed); }));
    }
    /// Behind which nothing can be cut off unseen.
    bool is_all_in_a_checkpoint() {
        return ask_stored(folder_.path(),
                          "SELECT (SELECT COUNT(*) FROM audit_unsealed) +"
                          " (SELECT COUNT(*) FROM audit_heads WHERE sequence > checkpointed)") == "0";
    }
    void keep_a_copy() {
        for (const std::string table : {"audit_entries", "audit_chain", "audit_floors"})
            change_stored(folder_.path(), "CREATE TABLE copy_of_" + table + " AS SELECT * FROM " + table);
    }
    void put_the_copy_back() {
        for (const std::string table : {"audit_entries", "audit_chain", "audit_floors"})
            change_stored(folder_.path(), "DELETE FROM " + table + "; INSERT INTO " + table +
                                              " SELECT * FROM copy_of_" + table);
    }
    HttpResponse list() { return server_.client().get(api + "/audit", auditor_); }

    TempFolder folder_;
    Server server_;
    Headers auditor_;
};

TEST_F(AuditRetention, deletes_what_is_old_and_leaves_a_log_that_verifies) {
    ASSERT_EQ(list().status, 200);  // which is an entry of today
    await_entries(old_entries + 1);
    EXPECT_EQ(rows(retention({"--dry-run"})), old_entries);
    EXPECT_FALSE(verdict().as_object().contains("floor")) << "a rehearsal moves nothing";

    const Finished finished = retention();
    ASSERT_EQ(finished.exit_code, 0) << finished.error;
    EXPECT_EQ(rows(finished), old_entries);

    await_entries(2);
    const boost::json::value after = verdict();
    EXPECT_EQ(at(after, "/intact"), "true") << boost::json::serialize(after);
    EXPECT_EQ(at(after, "/floor/sequence"), std::to_string(old_entries));
    const HttpResponse listed = list();
    EXPECT_EQ(listed.at("/floor/sequence"), std::to_string(old_entries));
    EXPECT_THAT(listed.body, HasSubstr("audit.delete"));
    EXPECT_THAT(listed.body, testing::Not(HasSubstr("session.create")));
    const HttpResponse verified = server_.client().get(api + "/audit/verify", auditor_);
    EXPECT_EQ(verified.at("/intact"), "true");
    EXPECT_EQ(verified.at("/floor/entryId"), listed.at("/floor/entryId"));
    const Finished exported = server_.command({"audit", "export", "--tenant", "north"});
    EXPECT_THAT(exported.error, HasSubstr("the log begins with entry 7"));
    EXPECT_THAT(exported.output, HasSubstr("lastDeletedSequence"));
    EXPECT_EQ(rows(retention()), 0u);
}

TEST_F(AuditRetention, is_deleted_by_the_service_itself) {
    ASSERT_EQ(server_.terminate(), 0);
    std::string config = read_text(server_.config());
    const std::string off = "retention.interval_seconds = 0";
    config.replace(config.find(off), off.size(), "retention.interval_seconds = 1");
    write_text(server_.config(), config);
    server_.start();

    EXPECT_TRUE(becomes_true([&] { return list().at("/floor/sequence") == std::to_string(old_entries); }));
    EXPECT_EQ(at(verdict(), "/intact"), "true");
    EXPECT_TRUE(becomes_true([&] {
        return server_.admin_client()
            .get("/metrics")
            .body.contains("vcare_retention_deleted_total{kind=\"auditEntries\"} 6\n");
    }));
}

TEST_F(AuditRetention, is_left_to_the_command_where_the_service_is_not_to_delete) {
    ASSERT_EQ(list().status, 200);
    await_entries(old_entries + 1);  // the other workers have had their turns

    EXPECT_EQ(ask_stored(folder_.path(), "SELECT COUNT(*) FROM retention_times"), "0");
    EXPECT_EQ(rows(retention()), old_entries);
}

TEST_F(AuditRetention, names_whatever_was_done_to_the_log_behind_its_back) {
    ASSERT_EQ(list().status, 200);
    await_entries(old_entries + 1);
    ASSERT_EQ(rows(retention()), old_entries);
    await_entries(2);
    ASSERT_EQ(list().status, 200);
    await_entries(3);
    // The last checkpoint is to speak of all of it.
    ASSERT_EQ(server_.terminate(), 0);
    start_with_a_checkpoint();
    ASSERT_TRUE(becomes_true([&] { return is_all_in_a_checkpoint(); }));
    ASSERT_EQ(server_.terminate(), 0);
    ASSERT_EQ(at(verdict(), "/intact"), "true");
    keep_a_copy();

    struct Row {
        std::string done;
        std::string reason;
    };
    const std::string entry_of =
        "(SELECT audit_id FROM audit_chain WHERE tenant_id = 'north' AND sequence = ";
    const std::vector<Row> rows = {
        {"DELETE FROM audit_floors", "an entry is missing before this one"},
        {"DELETE FROM audit_entries WHERE audit_id = " + entry_of +
             "7); DELETE FROM audit_chain WHERE tenant_id = 'north' AND sequence = 7",
         "an entry is missing before this one"},
        {"DELETE FROM audit_entries WHERE audit_id = " + entry_of +
             "7); UPDATE audit_floors SET sequence = 7, chain_hash ="
             " (SELECT chain_hash FROM audit_chain WHERE tenant_id = 'north' AND sequence = 7);"
             "DELETE FROM audit_chain WHERE tenant_id = 'north' AND sequence = 7",
         "the floor's signature is not right"},
        {"UPDATE audit_floors SET signature = 'x' || signature", "the floor's signature is not right"},
        {"UPDATE audit_entries SET actor = 'nobody' WHERE audit_id = " + entry_of + "8)",
         "the entry is not what was sealed"},
        {"DELETE FROM audit_entries WHERE audit_id = " + entry_of + "7)",
         "an entry is missing before this one"},
        {"DELETE FROM audit_entries WHERE tenant_id = 'north' AND audit_id IN"
         " (SELECT audit_id FROM audit_chain WHERE tenant_id = 'north' AND sequence > 8);"
         "DELETE FROM audit_chain WHERE tenant_id = 'north' AND sequence > 8",
         "the chain is cut off behind a signed checkpoint"},
        {"DELETE FROM audit_entries WHERE audit_id = (SELECT audit_id FROM audit_floors)",
         "an entry is missing before this one"},
    };
    for (const Row& row : rows) {
        change_stored(folder_.path(), row.done);
        const boost::json::value found = verdict();
        EXPECT_EQ(at(found, "/firstBreak/reason"), row.reason) << row.done;
        put_the_copy_back();
    }
    EXPECT_EQ(at(verdict(), "/intact"), "true");
}

TEST_F(AuditRetention, touches_no_log_that_is_broken) {
    change_stored(folder_.path(),
                  "UPDATE audit_entries SET actor = 'nobody' WHERE audit_id ="
                  " (SELECT audit_id FROM audit_chain WHERE tenant_id = 'north' AND sequence = 3)");

    const Finished finished = retention();

    EXPECT_EQ(finished.exit_code, 1);
    const boost::json::value answer = boost::json::parse(finished.output);
    EXPECT_EQ(at(answer, "/tenants/0/auditBreak/sequence"), "3");
    EXPECT_EQ(rows(finished), 0u);
    EXPECT_THAT(server_.command({"retention", "run", "--tenant", "north"}).output,
                HasSubstr("nothing of the audit log goes, it is BROKEN at entry 3"));
    EXPECT_EQ(at(verdict(), "/firstBreak/sequence"), "3");
}

}  // namespace
}  // namespace vcare::support
