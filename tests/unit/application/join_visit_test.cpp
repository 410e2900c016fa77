// SPDX-License-Identifier: Apache-2.0
#include "application/join_visit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "application/cancel_session.hpp"
#include "application/consent_choice.hpp"
#include "application/entrance.hpp"
#include "application/idempotency.hpp"
#include "application/issue_join_token.hpp"
#include "application/join_as_staff.hpp"
#include "application/preview_link.hpp"
#include "application/read_audit_trail.hpp"
#include "application/read_sessions.hpp"
#include "application/request_new_link.hpp"
#include "support/fakes/clinic.hpp"

namespace vcare::testing {
namespace {

using application::ConsentAsked;
using application::ConsentChoice;
using application::Joined;
using application::JoinVisit;
using application::KeepAnswer;
using Decision = application::ConsentChoice::Decision;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Result<Joined> join(Clinic& clinic, const std::string& code, std::vector<ConsentChoice> choices = {},
                    KeepAnswer<Joined> keep = {}) {
    JoinVisit use_case{clinic.services};
    return clinic.run(use_case(clinic.holder(code), std::move(choices), std::move(keep)));
}

ConsentChoice telehealth(Decision decision) {
    return {.type = ConsentType::telehealth, .decision = decision, .text_version = "1"};
}

void ask_at_the_join(Clinic& clinic) {
    clinic.configure([](auto& config) { config.telehealth_consent_at = TelehealthConsentAt::join; });
    clinic.consents.granted.clear();
}

TEST(JoinVisit, brings_the_patient_into_the_waiting_room_with_a_credential) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();

    const auto joined = join(clinic, clinic.a_link(session, Role::patient));

    ASSERT_TRUE(joined.has_value());
    EXPECT_FALSE(joined->direct);
    EXPECT_EQ(joined->view.queue_position, 1U);
    EXPECT_EQ(joined->cookie_until, nine_o_clock + minutes{60});
    EXPECT_EQ(clinic.visit(joined->credential).participant, Clinic::seat(session, Role::patient));
    EXPECT_EQ(clinic.session(session.id).status, SessionStatus::waiting);
}

TEST(JoinVisit, works_with_the_whole_token_as_with_its_code) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    application::IssueJoinToken issue{clinic.services};
    const auto issued = clinic.run(issue(
        clinic.doctor(), {.session = session.id, .participant = Clinic::seat(session, Role::patient)}, {}));
    EXPECT_EQ(issued->link.code.size(), 22U);
    EXPECT_TRUE(join(clinic, issued->link.token).has_value());
}

TEST(JoinVisit, uses_a_link_up) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const std::string code = clinic.a_link(session, Role::patient);
    ASSERT_TRUE(join(clinic, code).has_value());
    EXPECT_EQ(refusal_of(join(clinic, code)), ErrorCode::token_invalid);
}

TEST(JoinVisit, of_two_at_once_lets_one_in) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const std::string code = clinic.a_link(session, Role::patient);
    const auto holder = clinic.holder(code);
    clinic.units.before_next = [&] { EXPECT_TRUE(join(clinic, code).has_value()); };
    JoinVisit use_case{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(use_case(holder, {}, {}))), ErrorCode::token_invalid);
}

TEST(JoinVisit, is_decided_again_when_the_session_moved_meanwhile) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const std::string code = clinic.a_link(session, Role::patient);
    clinic.units.before_next = [&] { clinic.doctor_comes_in(session); };
    EXPECT_TRUE(join(clinic, code).has_value());
}

TEST(JoinVisit, does_not_use_up_a_link_that_it_refuses) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const std::string code = clinic.a_link(session, Role::patient);
    clinic.consents.is_away = true;
    EXPECT_EQ(refusal_of(join(clinic, code)), ErrorCode::consent_service_unavailable);
    clinic.consents.is_away = false;
    clinic.consents.granted.clear();
    EXPECT_EQ(refusal_of(join(clinic, code)), ErrorCode::consent_required);
    clinic.clock.time = nine_o_clock - minutes{16};
    EXPECT_EQ(refusal_of(join(clinic, code)), ErrorCode::token_not_yet_valid);
    clinic.clock.time = nine_o_clock + minutes{60};
    EXPECT_EQ(refusal_of(join(clinic, code)), ErrorCode::token_expired);
    clinic.clock.time = nine_o_clock;
    clinic.consents.granted.insert(the_patient_id().text());
    EXPECT_TRUE(join(clinic, code).has_value());
}

TEST(JoinVisit, without_consent_waits_for_it_where_the_clinic_asks_at_the_join) {
    Clinic clinic;
    ask_at_the_join(clinic);
    const SessionData session = clinic.a_visit();
    const auto joined = join(clinic, clinic.a_link(session, Role::patient));
    ASSERT_TRUE(joined.has_value());
    ASSERT_THAT(joined->view.consents, SizeIs(1));
    EXPECT_EQ(joined->view.consents[0].status, ConsentAsked::needed);
    EXPECT_FALSE(joined->view.consents[0].text.empty());
    EXPECT_TRUE(clinic.session(session.id).consent_pending);
}

TEST(JoinVisit, takes_a_consent_given_on_the_page_to_its_owner_first) {
    Clinic clinic;
    ask_at_the_join(clinic);
    const SessionData session = clinic.a_visit();
    const auto joined = join(clinic, clinic.a_link(session, Role::patient), {telehealth(Decision::granted)});
    ASSERT_TRUE(joined.has_value());
    EXPECT_EQ(joined->view.consents.at(0).status, ConsentAsked::granted);
    ASSERT_THAT(clinic.consents.records, SizeIs(1));
    EXPECT_EQ(clinic.consents.records[0].method, ConsentMethod::in_app);
    EXPECT_FALSE(clinic.session(session.id).consent_pending);
}

TEST(JoinVisit, does_not_believe_a_consent_that_its_owner_did_not_take) {
    Clinic clinic;
    ask_at_the_join(clinic);
    const SessionData session = clinic.a_visit();
    clinic.consents.refuses_records = true;
    EXPECT_EQ(
        refusal_of(join(clinic, clinic.a_link(session, Role::patient), {telehealth(Decision::granted)})),
        ErrorCode::consent_service_unavailable);
}

TEST(JoinVisit, keeps_a_refused_consent_with_the_person) {
    Clinic clinic;
    ask_at_the_join(clinic);
    const SessionData session = clinic.a_visit();
    const auto joined = join(clinic, clinic.a_link(session, Role::patient), {telehealth(Decision::refused)});
    ASSERT_TRUE(joined.has_value());
    EXPECT_EQ(joined->view.consents.at(0).status, ConsentAsked::refused);
    EXPECT_THAT(clinic.consents.records, IsEmpty());
    EXPECT_THAT(clinic.run(clinic.sessions->refusals(clinic.doctor().scope, session.id)).value(), SizeIs(1));
}

TEST(JoinVisit, takes_a_withdrawal_for_one_and_does_not_let_in_without_consent) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const std::string code = clinic.a_link(session, Role::patient);

    EXPECT_EQ(refusal_of(join(clinic, code, {telehealth(Decision::withdrawn)})), ErrorCode::consent_required);

    EXPECT_TRUE(clinic.session(session.id).consent_pending) << "a visit that is to come stays";
    EXPECT_EQ(clinic.session(session.id).status, SessionStatus::scheduled);
    ASSERT_THAT(clinic.consents.records, SizeIs(1));
    EXPECT_EQ(clinic.consents.records[0].status, ConsentStatus::withdrawn) << "its owner was told";
    EXPECT_THAT(clinic.run(clinic.sessions->refusals(clinic.doctor().scope, session.id)).value(), IsEmpty());
    EXPECT_TRUE(join(clinic, code, {telehealth(Decision::granted)}).has_value()) << "the link is not used up";
}

TEST(JoinVisit, says_withdrawn_where_the_clinic_asks_at_the_join) {
    Clinic clinic;
    ask_at_the_join(clinic);
    const SessionData session = clinic.a_visit();
    const auto joined =
        join(clinic, clinic.a_link(session, Role::patient), {telehealth(Decision::withdrawn)});
    ASSERT_TRUE(joined.has_value());
    EXPECT_EQ(joined->view.consents.at(0).status, ConsentAsked::withdrawn);
}

TEST(JoinVisit, is_the_end_of_a_visit_that_waited_when_the_consent_is_withdrawn) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    clinic.doctor_comes_in(session);
    const std::string code = clinic.a_link(session, Role::patient);

    EXPECT_EQ(refusal_of(join(clinic, code, {telehealth(Decision::withdrawn)})), ErrorCode::consent_required);

    EXPECT_EQ(clinic.session(session.id).status, SessionStatus::cancelled);
    EXPECT_EQ(clinic.session(session.id).cancel_reason, "consent_withdrawn");
}

void forbid_built_in_texts(Clinic& clinic) {
    clinic.services.policy.may_ask_with_built_in_texts = false;
}

TEST(JoinVisit, asks_in_a_language_that_the_clinic_has_set_where_built_in_texts_are_not_allowed) {
    Clinic clinic;
    ask_at_the_join(clinic);
    forbid_built_in_texts(clinic);
    clinic.configure(
        [](auto& config) { config.consent_texts = {{ConsentType::telehealth, "fa-AF", "2026-01", "متن"}}; });
    const SessionData session = clinic.a_visit();

    const auto joined = join(clinic, clinic.a_link(session, Role::patient), {telehealth(Decision::granted)});

    ASSERT_TRUE(joined.has_value());
    EXPECT_EQ(joined->view.consents.at(0).language, "fa-AF");
    EXPECT_EQ(joined->view.consents.at(0).text, "متن");
    ASSERT_THAT(clinic.consents.records, SizeIs(1));
    EXPECT_EQ(clinic.consents.records[0].language, "fa-AF") << "what was read, not what the patient speaks";
}

TEST(JoinVisit, stays_closed_where_the_clinic_has_no_text_and_built_in_ones_are_not_allowed) {
    Clinic clinic;
    ask_at_the_join(clinic);
    forbid_built_in_texts(clinic);
    const SessionData session = clinic.a_visit();
    const std::string code = clinic.a_link(session, Role::patient);
    for (const std::vector<ConsentChoice>& choices :
         {std::vector<ConsentChoice>{}, {telehealth(Decision::granted)}, {telehealth(Decision::refused)}}) {
        const auto refused = join(clinic, code, choices);
        ASSERT_EQ(refusal_of(refused), ErrorCode::consent_required);
        EXPECT_THAT(refused.error().detail, ::testing::HasSubstr("consentTexts"));
    }
    EXPECT_THAT(clinic.consents.records, IsEmpty());

    application::PreviewLink preview{clinic.services};
    const auto seen = clinic.run(preview(clinic.holder(code), std::nullopt));
    ASSERT_THAT(seen->open->consents, SizeIs(1));
    EXPECT_FALSE(seen->open->consents[0].answerable) << "nobody is asked with an empty text";

    clinic.consents.granted.insert(the_patient_id().text());
    EXPECT_TRUE(join(clinic, code).has_value()) << "what is on file was asked elsewhere";
}

TEST(JoinVisit, checks_a_link_without_using_it_up) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const std::string code = clinic.a_link(session, Role::patient);
    const auto holder = clinic.holder(code);
    JoinVisit use_case{clinic.services};
    EXPECT_TRUE(clinic.run(use_case.check_link(holder)).has_value());
    ASSERT_TRUE(join(clinic, code).has_value());
    EXPECT_EQ(refusal_of(clinic.run(use_case.check_link(clinic.holder(code)))), ErrorCode::token_invalid);
}

TEST(JoinVisit, asks_nobody_but_the_patient) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    EXPECT_EQ(
        refusal_of(join(clinic, clinic.a_link(session, Role::interpreter), {telehealth(Decision::granted)})),
        ErrorCode::validation_error);
    EXPECT_THAT(join(clinic, clinic.a_link(session, Role::interpreter))->view.consents, IsEmpty());
}

TEST(JoinVisit, derives_the_same_credential_for_the_same_idempotency_key) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const std::string code = clinic.a_link(session, Role::patient);
    const application::IdempotencyKey key{clinic.holder(code).token.jti, "key-1", "join"};
    KeepAnswer<Joined> keep{.key = key, .render = [](const Joined& joined) {
                                return application::KeptAnswer{.body = joined.participant.text()};
                            }};
    const auto joined = join(clinic, code, {}, keep);
    ASSERT_TRUE(joined.has_value());

    application::Idempotency idempotency{clinic.services};
    const auto scope = clinic.doctor().scope;
    ASSERT_TRUE(clinic.run(idempotency.find(scope, key)).value().has_value());
    const auto secrets = clinic.run(idempotency.secrets_of(scope, key, joined->participant.text()));
    ASSERT_TRUE(secrets.has_value());
    EXPECT_EQ(secrets->credential, joined->credential);

    clinic.keys.newest = 3;
    const auto after_rotations = clinic.run(idempotency.secrets_of(scope, key, joined->participant.text()));
    EXPECT_EQ(after_rotations.value().credential, joined->credential) << "made with the key of then";

    clinic.keys.is_away = true;
    EXPECT_EQ(refusal_of(clinic.run(idempotency.secrets_of(scope, key, joined->participant.text()))),
              ErrorCode::key_service_unavailable);
}

TEST(JoinVisit, gives_a_link_again_for_the_same_idempotency_key) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    application::IssueJoinToken issue{clinic.services};
    using Issued = application::IssueJoinToken::Issued;
    const application::IdempotencyKey key{"doctor", "key-1", "link"};
    KeepAnswer<Issued> keep{.key = key, .render = [](const Issued& issued) {
                                return application::KeptAnswer{.body = issued.jti};
                            }};
    const auto issued = clinic.run(issue(
        clinic.doctor(), {.session = session.id, .participant = Clinic::seat(session, Role::patient)}, keep));
    application::Idempotency idempotency{clinic.services};
    const auto secrets = clinic.run(idempotency.secrets_of(clinic.doctor().scope, key, issued->jti));
    ASSERT_TRUE(secrets.has_value());
    EXPECT_EQ(secrets->code, issued->link.code);
    EXPECT_EQ(secrets->token, issued->link.token);
    EXPECT_EQ(refusal_of(clinic.run(idempotency.secrets_of(clinic.doctor().scope, key, "no such jti"))),
              ErrorCode::token_invalid);

    clinic.keys.newest = 0;
    EXPECT_EQ(refusal_of(clinic.run(idempotency.secrets_of(clinic.doctor().scope, key, issued->jti))),
              ErrorCode::key_service_unavailable)
        << "a key that is lost is the key service's failure";
}

TEST(JoinVisit, changes_nothing_or_everything_whichever_step_of_the_store_fails) {
    struct Ready {
        SessionData session;
        application::LinkHolder holder;
        TenantScope scope;
    };
    for_each_failing_step(
        [](Clinic& clinic) {
            const SessionData session = clinic.a_visit();
            return Ready{session, clinic.holder(clinic.a_link(session, Role::patient)),
                         clinic.doctor().scope};
        },
        [](Clinic& clinic, Ready& ready) {
            JoinVisit use_case{clinic.services};
            const auto joined = clinic.run(use_case(ready.holder, {telehealth(Decision::granted)}, {}));
            clinic.database.heal();
            EXPECT_EQ(clinic.session(ready.session.id).status,
                      joined ? SessionStatus::waiting : SessionStatus::scheduled);
            return joined;
        });
}

TEST(JoinAsStaff, brings_a_provider_straight_in) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    application::JoinAsStaff use_case{clinic.services};
    const auto joined = clinic.run(use_case(
        clinic.doctor(), {.session = session.id, .participant = Clinic::seat(session, Role::provider)}, {}));
    ASSERT_TRUE(joined.has_value());
    EXPECT_TRUE(joined->direct);
    EXPECT_THAT(joined->view.others, SizeIs(2)) << "a provider knows of everybody";
}

TEST(JoinAsStaff, takes_a_provider_seat_that_nobody_has) {
    Clinic clinic;
    auto order = Clinic::an_order();
    order.participants->at(0).user.reset();
    application::CreateSession create{clinic.services};
    const auto session = clinic.run(create(clinic.doctor(), order, {})).value();
    application::JoinAsStaff use_case{clinic.services};
    const ParticipantId seat = Clinic::seat(session, Role::provider);

    EXPECT_EQ(refusal_of(clinic.run(
                  use_case(clinic.staff({StaffRole::auditor}, "auditor"), {session.id, seat}, {}))),
              ErrorCode::access_denied);
    ASSERT_TRUE(
        clinic.run(use_case(clinic.staff({StaffRole::admin}, "chief"), {session.id, seat}, {})).has_value());
    EXPECT_EQ(clinic.session(session.id).participants[0].user_id, a_user("chief"));
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.doctor(), {session.id, seat}, {}))),
              ErrorCode::access_denied)
        << "it is taken";
}

TEST(JoinAsStaff, refuses_seats_that_are_not_the_callers) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    application::JoinAsStaff use_case{clinic.services};
    const auto colleague = clinic.staff({StaffRole::clinician}, "colleague");
    EXPECT_EQ(
        refusal_of(clinic.run(use_case(colleague, {session.id, Clinic::seat(session, Role::provider)}, {}))),
        ErrorCode::access_denied);
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.staff({StaffRole::patient}, "patient-1"),
                                             {session.id, Clinic::seat(session, Role::patient)}, {}))),
              ErrorCode::access_denied)
        << "a patient comes in by a link";
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.doctor(), {session.id, nobody()}, {}))),
              ErrorCode::participant_not_found);
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.doctor(), {a_session().data().id, nobody()}, {}))),
              ErrorCode::session_not_found);
}

TEST(JoinAsStaff, changes_nothing_or_everything_whichever_step_of_the_store_fails) {
    for_each_failing_step(
        [](Clinic& clinic) { return std::pair{clinic.a_visit(), clinic.doctor()}; },
        [](Clinic& clinic, auto& ready) {
            application::JoinAsStaff use_case{clinic.services};
            const auto joined = clinic.run(
                use_case(ready.second, {ready.first.id, Clinic::seat(ready.first, Role::provider)}, {}));
            clinic.database.heal();
            EXPECT_EQ(clinic.session(ready.first.id).version, joined ? 2U : 1U);
            return joined;
        });
}

TEST(LinkAuthentication, gives_one_answer_for_every_wrong_link) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const std::string code = clinic.a_link(session, Role::patient);
    application::IssueJoinToken issue{clinic.services};
    const std::string token =
        clinic.run(issue(clinic.doctor(), {session.id, Clinic::seat(session, Role::interpreter)}, {}))
            .value()
            .link.token;
    application::LinkAuthentication authenticate{clinic.services};

    std::string other_secret = code;
    other_secret.back() = other_secret.back() == 'A' ? 'B' : 'A';
    std::string other_clinic = code;
    other_clinic.front() = other_clinic.front() == 'a' ? 'b' : 'a';
    std::string other_signature = token;
    other_signature[other_signature.size() - 2] =
        other_signature[other_signature.size() - 2] == 'A' ? 'B' : 'A';
    for (const std::string& wrong :
         {other_secret, other_clinic, other_signature, std::string{}, std::string{"x"}, std::string(22, '-'),
          std::string(5000, 'y'), std::string{"a.b.c"}}) {
        const auto answer = clinic.run(authenticate(wrong, {}));
        EXPECT_EQ(refusal_of(answer), ErrorCode::token_invalid) << wrong;
        EXPECT_TRUE(answer.error().detail.empty());
    }
    EXPECT_TRUE(clinic.run(authenticate(token, {})).has_value());
    clinic.keys.newest = 2;
    EXPECT_TRUE(clinic.run(authenticate(token, {})).has_value()) << "issued before a rotation";
    clinic.keys.newest = 0;
    EXPECT_EQ(refusal_of(clinic.run(authenticate(token, {}))), ErrorCode::token_invalid) << "no such key";
    clinic.keys.is_away = true;
    EXPECT_EQ(refusal_of(clinic.run(authenticate(token, {}))), ErrorCode::key_service_unavailable)
        << "a link is not believed without its key";
}

TEST(LinkAuthentication, fails_when_the_store_does) {
    for_each_failing_step([](Clinic& clinic) { return clinic.a_link(clinic.a_visit(), Role::patient); },
                          [](Clinic& clinic, std::string& code) {
                              application::LinkAuthentication authenticate{clinic.services};
                              return clinic.run(authenticate(code, {}));
                          });
}

TEST(PreviewLink, shows_what_is_needed_before_anything_is_used_up) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const std::string code = clinic.a_link(session, Role::patient);
    application::PreviewLink use_case{clinic.services};

    const auto seen = clinic.run(use_case(clinic.holder(code), std::nullopt));

    ASSERT_TRUE(seen.has_value());
    EXPECT_EQ(seen->state, LinkState::open);
    ASSERT_TRUE(seen->open.has_value());
    EXPECT_EQ(seen->open->provider_name, phi("DOCTOR"));
    EXPECT_THAT(seen->open->consents, SizeIs(1));
    EXPECT_TRUE(clinic.session(session.id).participants[1].link_opened_at.has_value());
    EXPECT_TRUE(join(clinic, code).has_value()) << "looking used nothing up";
}

TEST(PreviewLink, shows_no_visit_behind_a_link_that_is_used) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const std::string code = clinic.a_link(session, Role::patient);
    ASSERT_TRUE(join(clinic, code).has_value());
    application::PreviewLink use_case{clinic.services};
    const auto seen = clinic.run(use_case(clinic.holder(code), std::nullopt));
    EXPECT_EQ(seen->state, LinkState::used);
    EXPECT_FALSE(seen->open.has_value());
    const auto with_cookie = clinic.run(use_case(clinic.holder(code), Clinic::seat(session, Role::patient)));
    EXPECT_EQ(with_cookie->state, LinkState::resume);
    EXPECT_EQ(with_cookie->participant, Clinic::seat(session, Role::patient));
}

TEST(PreviewLink, fails_when_the_store_does) {
    for_each_failing_step(
        [](Clinic& clinic) { return clinic.holder(clinic.a_link(clinic.a_visit(), Role::interpreter)); },
        [](Clinic& clinic, application::LinkHolder& holder) {
            application::PreviewLink use_case{clinic.services};
            return clinic.run(use_case(holder, std::nullopt));
        });
}

TEST(RequestNewLink, is_a_line_for_the_clinic_and_nothing_after_the_end) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const auto holder = clinic.holder(clinic.a_link(session, Role::patient));
    application::RequestNewLink use_case{clinic.services};
    ASSERT_TRUE(clinic.run(use_case(holder)).has_value());
    EXPECT_EQ(clinic.units.written.back().outbox.at(0).event.type, EventType::link_requested);

    application::CancelSession cancel{clinic.services};
    ASSERT_TRUE(clinic.run(cancel(clinic.doctor(), {session.id, session.version, "test"}, {})));
    const std::size_t written = clinic.units.written.size();
    EXPECT_TRUE(clinic.run(use_case(holder)).has_value()) << "always accepted, so that nothing can be probed";
    EXPECT_EQ(clinic.units.written.size(), written);
}

TEST(RequestNewLink, shows_in_the_preparation_of_the_visit_when_it_was_asked_for) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const auto holder = clinic.holder(clinic.a_link(session, Role::patient));
    application::RequestNewLink use_case{clinic.services};
    ASSERT_TRUE(clinic.run(use_case(holder)).has_value());
    clinic.clock.time += minutes{1};
    ASSERT_TRUE(clinic.run(use_case(holder)).has_value());
    application::ReadAuditTrail trail{clinic.services};
    application::ReadSessions read{clinic.services, trail};

    const auto preparation = clinic.run(read.preparation(clinic.doctor(), session.id));

    for (const auto& person : preparation->people) {
        const bool has_asked = person.role == Role::patient;
        EXPECT_EQ(person.link_requested_at, has_asked ? std::optional{clinic.clock.time} : std::nullopt);
    }
}

TEST(RequestNewLink, fails_when_the_store_does) {
    for_each_failing_step(
        [](Clinic& clinic) { return clinic.holder(clinic.a_link(clinic.a_visit(), Role::patient)); },
        [](Clinic& clinic, application::LinkHolder& holder) {
            application::RequestNewLink use_case{clinic.services};
            return clinic.run(use_case(holder));
        });
}

}  // namespace
}  // namespace vcare::testing
