// SPDX-License-Identifier: Apache-2.0
#include "chaos/chaos.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "support/event_ledger.hpp"

namespace vcare::chaos {
namespace {

TEST(ChaosPlan, is_a_function_of_its_seed_and_the_longer_begins_with_the_shorter) {
    const auto plan = plan_of(7, 20);
    EXPECT_EQ(plan, plan_of(7, 20));
    EXPECT_NE(plan, plan_of(8, 20));
    EXPECT_EQ((std::vector<Round>{plan.begin(), plan.begin() + 5}), plan_of(7, 5));
}

TEST(ChaosPlan, strikes_everything_in_every_way_and_nothing_twice_at_a_time) {
    std::set<std::pair<Target, Kind>> struck;
    for (const Round& round : plan_of(1, 300)) {
        EXPECT_FALSE(round.faults.empty());
        std::set<Target> struck_in_round;
        for (const Fault& fault : round.faults) {
            struck.emplace(fault.target, fault.kind);
            EXPECT_TRUE(struck_in_round.insert(fault.target).second) << describe(round);
        }
    }
    std::set<std::pair<Target, Kind>> all;
    const auto add = [&](Target target) {
        for (const Kind kind : kinds_for(target)) all.emplace(target, kind);
    };
    std::ranges::for_each(processes, add);
    std::ranges::for_each(ways, add);
    EXPECT_EQ(struck, all);
}

TEST(ChaosReplay, is_told_as_one_command) {
    EXPECT_EQ(command_to_replay({.seed = 5, .rounds = 4}), "make chaos SEED=5 ROUNDS=4");
}

TEST(Chaos, of_four_rounds_breaks_no_never) {
    const RunOptions options{.seed = 3, .rounds = 4};
    const Report report = run(options);
    EXPECT_TRUE(report.broken.empty()) << tale_of(options, report);
    EXPECT_EQ(report.rounds, 4U);
    EXPECT_GT(report.encounters, 8U) << "too little took place to mean anything";
}

/// What a bug would leave behind, planted behind the back of a service that has none, and the checker that
/// has to see it.
class ChaosChecker : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        stack_ = new Stack;
        for (const std::string& tenant : tenants)
            clinics_.push_back(std::make_unique<Clinic>(tenant, stack_->staff(tenant)));
    }
    static void TearDownTestSuite() {
        clinics_.clear();
        delete stack_;
    }

    void SetUp() override {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        patient_ = test->name();
        support::HttpClient client = stack_->replica(0).client();
        const auto send = [&](const support::HttpRequest& request) { return client.try_send(request); };
        support::DrivenVisit visit{send, north().staff(), patient_, north().ledger()};
        ASSERT_TRUE(visit.hold()) << visit.last_answer().value_or(support::HttpResponse{}).body;
        session_ = visit.session();
        ASSERT_TRUE(support::becomes_true([] { return Investigation{*stack_}.owed().is_nothing(); }));
        ASSERT_EQ(findings_about(session_), "") << "nothing was planted yet";
    }

    static Clinic& north() { return *clinics_[0]; }
    static Clinic& south() { return *clinics_[1]; }

    static std::vector<Broken> findings() { return check(Investigation{*stack_}.collect(true), clinics_); }
    /// Everything found that names this, a line each.
    static std::string findings_about(const std::string& name) {
        std::string about;
        for (const Broken& broken : findings()) {
            if (broken.what.find(name) != std::string::npos)
                about += broken.checker + ": " + broken.what + "\n";
        }
        return about;
    }
    /// That the checker says `what` about the session of this test.
    void expect_found(const std::string& checker, const std::string& what) const {
        const std::string found = findings_about(session_);
        EXPECT_NE(found.find(checker + ": "), std::string::npos) << found;
        EXPECT_NE(found.find(what), std::string::npos) << found;
    }

    void update_session(const std::string& change) const {
        stack_->sql("UPDATE sessions SET " + change + " WHERE session_id = '" + session_ + "'");
    }
    [[nodiscard]] boost::json::object encounter() const {
        return stack_->record().encounters_of(session_).at(0).as_object();
    }
    [[nodiscard]] std::string event_of_session(const std::string& type) const {
        return " session_id = '" + session_ + "' AND type = 'virtual_care." + type + ".v1'";
    }

    static inline Stack* stack_ = nullptr;
    static inline Clinics clinics_;
    std::string patient_;
    std::string session_;
};

TEST_F(ChaosChecker, finds_an_acknowledged_session_that_is_gone) {
    stack_->sql("SET session_replication_role = replica; DELETE FROM sessions WHERE session_id = '" +
                session_ + "'");

    expect_found("acknowledged_is_kept", "was acknowledged and is gone");
    expect_found("every_change_has_its_event_once_in_order", "is told of and is not there");
}

TEST_F(ChaosChecker, finds_an_acknowledged_change_that_is_gone) {
    update_session("version = 3, status = 'waiting', actual_start = NULL");

    expect_found("acknowledged_is_kept", "was acknowledged at version 5 and is at 3");
    expect_found("acknowledged_is_kept", "was acknowledged as ended and is waiting");
}

TEST_F(ChaosChecker, finds_an_acknowledged_command_that_is_gone) {
    stack_->sql("DELETE FROM kept_answers WHERE idempotency_key = '" + patient_ + "-end'");

    EXPECT_EQ(findings_about(patient_),
              "acknowledged_is_kept: the command " + patient_ + "-end was acknowledged and is not known\n");
}

TEST_F(ChaosChecker, finds_a_change_without_its_event) {
    stack_->sql("DELETE FROM outbox WHERE" + event_of_session("session.ended"));

    expect_found("every_change_has_its_event_once_in_order",
                 "is ended and has 0 times virtual_care.session.ended.v1");
}

TEST_F(ChaosChecker, finds_an_event_that_is_twice_in_the_stream) {
    std::string id;
    for (const support::StreamMessage& message : stack_->broker().messages()) {
        if (message.body.find(session_) == std::string::npos) continue;
        stack_->broker().tell(message.subject, message.body);
        id = message.id;
        break;
    }

    EXPECT_EQ(findings_about(id),
              "every_change_has_its_event_once_in_order: " + id + " is 2 times in the stream\n");
}

TEST_F(ChaosChecker, finds_an_event_that_is_not_in_the_stream) {
    stack_->sql("UPDATE outbox SET event_id = 'evt_lost' WHERE" + event_of_session("participant.admitted"));

    expect_found("every_change_has_its_event_once_in_order",
                 "virtual_care.participant.admitted.v1 evt_lost of " + session_ + " is not in the stream");
}

TEST_F(ChaosChecker, finds_events_out_of_order) {
    const auto place_of = [&](const std::string& type) {
        return stack_->sql("SELECT position FROM outbox WHERE" + event_of_session(type));
    };
    const std::string started = place_of("session.started");
    const std::string admitted = place_of("participant.admitted");
    const auto move = [&](const std::string& type, const std::string& place) {
        stack_->sql("UPDATE outbox SET position = " + place + " WHERE" + event_of_session(type));
    };
    move("session.started", "-1");
    move("participant.admitted", started);
    move("session.started", admitted);

    expect_found("every_change_has_its_event_once_in_order", "was told out of order");
}

TEST_F(ChaosChecker, finds_a_second_encounter) {
    boost::json::object second = encounter();
    second.erase("id");
    second.erase("meta");
    const auto made = stack_->record().pass_on({"POST",
                                                "/fhir/R4/Encounter",
                                                {{"Content-Type", "application/fhir+json"}},
                                                boost::json::serialize(second)});
    ASSERT_EQ(made.status, 201) << made.body;

    expect_found("never_two_encounters_nor_none", "is ended and has 2 Encounters");
}

TEST_F(ChaosChecker, finds_an_encounter_that_is_not_there) {
    const std::string id = support::at(encounter(), "/id");
    ASSERT_EQ(stack_->record().pass_on({"DELETE", "/fhir/R4/Encounter/" + id}).status, 200);

    expect_found("never_two_encounters_nor_none", "names an Encounter " + id + " that is not there");
}

TEST_F(ChaosChecker, finds_an_encounter_that_is_not_owed_any_more) {
    update_session("encounter_id = NULL");

    expect_found("never_two_encounters_nor_none", "its Encounter is neither there nor owed");
}

TEST_F(ChaosChecker, finds_a_session_of_somebody_who_gave_no_consent) {
    update_session("patient_id = 'somebody-else'");

    expect_found("never_active_without_consent", "was made, and nobody had said granted about somebody-else");
}

TEST_F(ChaosChecker, finds_an_admission_that_rests_on_an_answer_of_the_time_before) {
    update_session("actual_start = actual_start + 60000");

    expect_found("never_active_without_consent", "nobody said granted since its admission was asked for");
}

TEST_F(ChaosChecker, finds_what_one_tenant_was_shown_of_another) {
    support::HttpClient client = stack_->replica(1).client();
    const std::string path = std::string{support::base_path} + "/sessions/" + session_;
    south().was_shown(client.get(path, south().staff()).body);
    south().was_shown(client.get(path, north().staff()).body);

    expect_found("no_tenant_sees_another", "south was shown " + session_ + " of north");
}

TEST_F(ChaosChecker, finds_an_edited_audit_entry) {
    ASSERT_TRUE(
        support::becomes_true([] { return stack_->sql("SELECT count(*) FROM audit_unsealed") == "0"; }));
    const auto sign_all_with = [&](const std::string& actor) {
        stack_->sql("UPDATE audit_entries SET actor = '" + actor +
                    "' WHERE action = 'session.end' AND session_id = '" + session_ + "'");
    };
    sign_all_with("somebody-else");

    EXPECT_NE(findings_about("BROKEN at entry").find("audit_chain_verifies: "), std::string::npos);
    sign_all_with("dr-north");
    EXPECT_EQ(findings_about("BROKEN at entry"), "");
}

TEST_F(ChaosChecker, finds_what_is_never_paid) {
    stack_->sql(
        "INSERT INTO encounter_debts (tenant_id, session_id, owed_since, attempts, next_attempt, state,"
        " last_problem) VALUES ('north', 'never', 0, 0, 9000000000000, 'open', '')");

    EXPECT_EQ(
        findings_about("still owed"),
        "what_is_owed_is_paid: still owed: 0 events, 0 of them given up, 1 Encounters, 0 withdrawals\n");
    stack_->sql("DELETE FROM encounter_debts WHERE session_id = 'never'");
}

TEST_F(ChaosChecker, finds_people_who_get_no_answer) {
    Clinics clinics;
    clinics.push_back(std::make_unique<Clinic>("north", north().staff()));
    for (const Target replica : {Target::first_replica, Target::second_replica})
        stack_->strike({.target = replica, .kind = Kind::pause, .begins = {}, .lasts = {}});
    Load load{*stack_, clinics, {.seed = 1, .name = "unanswered", .refusing_percent = 0}};
    load.finish(support::seconds{0});
    ASSERT_EQ(stack_->heal(support::seconds{60}), std::nullopt);

    const Problems problems = everybody_gets_an_answer({}, clinics);
    ASSERT_FALSE(problems.empty());
    EXPECT_EQ(problems[0], "no answer to /api/v1/virtual-care/consents: silence");
}

}  // namespace
}  // namespace vcare::chaos
