// SPDX-License-Identifier: Apache-2.0
#include "application/answer_consent.hpp"

#include <algorithm>

#include "application/ports/clock.hpp"
#include "application/withdraw_consent.hpp"

namespace vcare::application {
namespace {

using domain::Participant;
using domain::Session;
using domain::SessionData;

/// What the patient's page is asked after its answer.
AnswerConsent::Questions questions_of(const Services& services, const Session& session,
                                      const domain::TenantConfig& config, bool was_refused) {
    const SessionData& data = session.data();
    return {telehealth_question(services, data, config, was_refused, language_of(data, session.patient()))};
}

}  // namespace

AnswerConsent::AnswerConsent(const Services& services)
    : services_(services), desk_(services), consents_(services) {
}

Task<Result<AnswerConsent::Questions>> AnswerConsent::operator()(VisitContext context, ConsentChoice choice,
                                                                 KeepAnswer<Questions> keep) {
    auto loaded = co_await desk_.load(context.scope, context.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const Participant* who = loaded->session.find(context.participant);
    const bool is_patient = who && who->role == domain::Role::patient;
    if (!is_patient) co_return refuse(ErrorCode::access_denied, "Only the patient answers for themself.");
    const auto refusals = co_await services_.sessions.refusals(context.scope, context.session);
    if (!refusals) co_return std::unexpected{refusals.error()};
    const bool was_refused = std::ranges::any_of(*refusals, [&](const ConsentRefusal& refusal) {
        return refusal.participant == context.participant && refusal.type == domain::ConsentType::telehealth;
    });

    Answering answering{.context = std::move(context),
                        .choice = std::move(choice),
                        .loaded = std::move(*loaded),
                        .was_refused = was_refused,
                        .keep = std::move(keep)};
    switch (answering.choice.decision) {
        case ConsentChoice::Decision::granted:
            co_return co_await grant(std::move(answering));
        case ConsentChoice::Decision::refused:
            co_return co_await keep_refusal(std::move(answering));
        case ConsentChoice::Decision::withdrawn:
            break;
    }
    co_return co_await withdraw(std::move(answering));
}

Task<Result<AnswerConsent::Questions>> AnswerConsent::grant(Answering answering) {
    const ConsentChoice& choice = answering.choice;
    auto consent = consent_on_page(services_, answering.loaded, choice);
    if (!consent) co_return std::unexpected{consent.error()};
    const auto granted = co_await consents_.grant(answering.context.scope, *std::move(consent));
    if (!granted) co_return std::unexpected{granted.error()};
    auto decide = [this, granted = *granted, type = choice.type, was_refused = answering.was_refused,
                   keep = answering.keep](LoadedSession& loaded, UnitBuilder& unit) -> Result<void> {
        granted.add_to(unit);
        Result<void> done;
        if (type == domain::ConsentType::telehealth) done = loaded.session.grant_consent(unit.occasion());
        if (done) unit.keep(keep, questions_of(services_, loaded.session, loaded.config, was_refused));
        return done;
    };
    auto done = co_await desk_.change(std::move(answering.context), "consent.grant", std::move(decide));
    if (!done) co_return std::unexpected{done.error()};
    co_return questions_of(services_, Session::restore(std::move(*done)), answering.loaded.config,
                           answering.was_refused);
}

Task<Result<AnswerConsent::Questions>> AnswerConsent::keep_refusal(Answering answering) {
    const domain::ConsentType type = answering.choice.type;
    const bool is_refused = answering.was_refused || type == domain::ConsentType::telehealth;
    auto decide = [this, id = answering.context.participant, type, is_refused, keep = answering.keep](
                      LoadedSession& loaded, UnitBuilder& unit) -> Result<void> {
        unit.unit().refusals.push_back({id, type, unit.occasion().at});
        unit.keep(keep, questions_of(services_, loaded.session, loaded.config, is_refused));
        return {};
    };
    auto done = co_await desk_.change(std::move(answering.context), "consent.refuse", std::move(decide));
    if (!done) co_return std::unexpected{done.error()};
    co_return questions_of(services_, Session::restore(std::move(*done)), answering.loaded.config,
                           is_refused);
}

Task<Result<AnswerConsent::Questions>> AnswerConsent::withdraw(Answering answering) {
    // A withdrawal changes every open visit of the patient; this one comes out of it like this.
    Session after = answering.loaded.session;
    if (answering.choice.type == domain::ConsentType::telehealth)
        (void)after.withdraw_consent({services_.clock.now(), answering.context.participant.text()});
    Questions questions = questions_of(services_, after, answering.loaded.config, answering.was_refused);
    for (ConsentView& question : questions) {
        if (question.type == answering.choice.type) question.status = ConsentAsked::withdrawn;
    }
    KeepAnswer<domain::ConsentRecord> keep{.key = answering.keep.key};
    if (keep.key)
        keep.render = [kept = answering.keep.render(questions)](const domain::ConsentRecord&) {
            return kept;
        };
    WithdrawConsent withdraw{services_};
    const auto withdrawn = co_await withdraw({.scope = answering.context.scope,
                                              .request = answering.context.request,
                                              .actor = answering.context.participant.text(),
                                              .patient = after.data().patient,
                                              .type = answering.choice.type,
                                              .capacity = answering.choice.capacity,
                                              .text_version = answering.choice.text_version,
                                              .keep = std::move(keep)});
    if (!withdrawn) co_return std::unexpected{withdrawn.error()};
    co_return questions;
}

}  // namespace vcare::application
