// SPDX-License-Identifier: Apache-2.0
#include "application/take_part.hpp"

#include <algorithm>

#include "application/manage_consents.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/cryptography.hpp"
#include "application/ports/keys.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::application {
namespace {

using domain::Participant;
using domain::Session;
using domain::SessionData;

constexpr domain::hours whereabouts_kept{24};

std::unexpected<Error> refuse_before_admission() {
    return refuse(ErrorCode::access_denied, "This needs the admission by a clinician first.");
}

/// Of a unit that changes no session, so that it cannot be stale.
Result<void> done_or_refused(const Result<CommitOutcome>& outcome) {
    if (!outcome) return std::unexpected{outcome.error()};
    if (*outcome == CommitOutcome::answered_before) return refuse_to_repeat();
    return {};
}

/// Keeps the answer of a command that changes nothing in the store.
template <class Answer>
Task<Result<void>> keep_alone(Services services, VisitContext context, KeepAnswer<Answer> keep,
                              Answer answer) {
    UnitBuilder unit{services, context.request, {services.clock.now(), context.participant.text()}};
    unit.keep(keep, answer);
    co_return done_or_refused(co_await services.units.commit(std::move(context.scope), unit.take()));
}

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

ReportConnection::ReportConnection(const Services& services, ConnectionSamples& samples)
    : services_(services), desk_(services), samples_(samples) {
}

Task<Result<domain::FallbackAdvice>> ReportConnection::operator()(VisitContext context, Report report,
                                                                  KeepAnswer<domain::FallbackAdvice> keep) {
    const auto loaded = co_await desk_.load(context.scope, context.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const domain::ConnectionSample sample{services_.clock.now(), report.rtt_ms, report.loss_pct, report.kbps};
    const auto samples = samples_.add(context.participant, sample);
    const auto& thresholds = loaded->config.fallback;
    const auto advice = domain::advise(samples, report.media, thresholds);
    const auto quality = domain::quality_of(sample, thresholds);

    const Participant* who = loaded->session.find(context.participant);
    const bool changed = who && (who->connection != quality || who->media_mode != report.media);
    if (changed && !domain::is_terminal(loaded->session.data().status)) {
        auto decide = [id = context.participant, quality, media = report.media, advice, keep](
                          LoadedSession& now, UnitBuilder& unit) {
            unit.keep(keep, advice);
            return now.session.report_connection(id, quality, media, unit.occasion());
        };
        const bool is_other_way = who->media_mode != report.media;
        const auto noted = co_await desk_.change(std::move(context), "", std::move(decide));
        if (!noted) co_return std::unexpected{noted.error()};
        // The page of one person follows the advice, or they choose themselves.
        if (is_other_way)
            services_.telemetry.count(Metric::fallbacks,
                                      {{"to", to_wire(report.media)}, {"reason", "own_connection"}});
    } else if (keep.key) {
        const auto kept = co_await keep_alone(services_, std::move(context), std::move(keep), advice);
        if (!kept) co_return std::unexpected{kept.error()};
    }
    co_return advice;
}

EnterVideo::EnterVideo(const Services& services) : services_(services), desk_(services) {
}

Task<Result<EnterVideo::Access>> EnterVideo::operator()(VisitContext context) {
    auto loaded = co_await desk_.load(context.scope, context.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const Participant* who = loaded->session.find(context.participant);
    const bool may_enter =
        who && who->is_in_the_visit() && !domain::is_terminal(loaded->session.data().status);
    if (!may_enter) co_return refuse_before_admission();
    SessionData session = loaded->session.data();
    if (who->status == domain::ParticipantStatus::admitted) {
        auto decide = [id = context.participant](LoadedSession& now, UnitBuilder& unit) {
            return now.session.join_media(id, unit.occasion());
        };
        auto entered = co_await desk_.change(context, "video.enter", std::move(decide));
        if (!entered) co_return std::unexpected{entered.error()};
        session = std::move(*entered);
    }
    auto credential = co_await services_.video.credential(context.scope, session, context.participant);
    if (!credential) co_return std::unexpected{credential.error()};
    Access access{.backend = session.video_backend, .ice_servers = std::move(credential->ice_servers)};
    for (const Participant& other : session.participants) {
        if (other.id != context.participant && other.is_in_the_visit())
            access.peers.push_back({other.id, other.role});
    }
    co_return access;
}

SendSignal::SendSignal(const Services& services) : services_(services), desk_(services) {
}

Task<Result<void>> SendSignal::operator()(VisitContext context, Command command, KeepAnswer<Done> keep) {
    const auto loaded = co_await desk_.load(context.scope, context.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const Participant* from = loaded->session.find(context.participant);
    const bool may_send =
        from && from->is_in_the_visit() && !domain::is_terminal(loaded->session.data().status);
    if (!may_send) co_return refuse_before_admission();
    const Participant* to = loaded->session.find(command.to);
    const bool is_peer = to && to->id != from->id && to->is_in_the_visit();
    if (!is_peer) co_return refuse(ErrorCode::participant_not_found);
    if (from->status == domain::ParticipantStatus::admitted) {
        auto decide = [id = context.participant](LoadedSession& now, UnitBuilder& unit) {
            return now.session.join_media(id, unit.occasion());
        };
        const auto entered = co_await desk_.change(context, "video.enter", std::move(decide));
        if (!entered) co_return std::unexpected{entered.error()};
    }
    // First kept, then sent: a repeat finds its answer, and a peer never gets one signal twice.
    if (keep.key) {
        const auto kept = co_await keep_alone(services_, context, std::move(keep), Done{});
        if (!kept) co_return std::unexpected{kept.error()};
    }
    services_.live.send({.tenant = context.scope.tenant(),
                         .session = context.session,
                         .from = context.participant,
                         .to = std::move(command.to),
                         .kind = std::move(command.kind),
                         .payload = std::move(command.payload)});
    co_return Result<void>{};
}

GiveWhereabouts::GiveWhereabouts(const Services& services) : services_(services), desk_(services) {
}

Task<Result<void>> GiveWhereabouts::operator()(VisitContext context, Command command, KeepAnswer<Done> keep) {
    const auto loaded = co_await desk_.load(context.scope, context.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const Participant* who = loaded->session.find(context.participant);
    const bool is_patient = who && who->role == domain::Role::patient;
    if (!is_patient) co_return refuse(ErrorCode::access_denied, "Only the patient says where they are.");
    const auto key = co_await services_.keys.current_key(context.scope, KeyPurpose::phi);
    if (!key) co_return std::unexpected{key.error()};
    WhereaboutsRecord record{
        .participant = context.participant,
        .sealed =
            services_.cryptography.seal(*key, to_sealed_text({command.address, command.callback_number}),
                                        whereabouts_bound_to(context.scope, context.participant)),
        .key_version = key->version,
        .delete_at =
            std::max(loaded->session.data().scheduled_end, services_.clock.now()) + whereabouts_kept};
    auto decide = [record, keep](LoadedSession&, UnitBuilder& unit) -> Result<void> {
        unit.unit().whereabouts.push_back(record);
        unit.keep(keep, Done{});
        return {};
    };
    const auto done = co_await desk_.change(std::move(context), "whereabouts.give", std::move(decide));
    if (!done) co_return std::unexpected{done.error()};
    co_return Result<void>{};
}

Task<Result<void>> LeaveVisit::operator()(VisitContext context, KeepAnswer<Done> keep) {
    auto decide = [id = context.participant, keep](LoadedSession& loaded, UnitBuilder& unit) -> Result<void> {
        unit.unit().voided_credentials.push_back(id);
        unit.keep(keep, Done{});
        return loaded.session.leave(id, unit.occasion());
    };
    const auto done = co_await desk_.change(std::move(context), "visit.leave", std::move(decide));
    if (!done) co_return std::unexpected{done.error()};
    co_return Result<void>{};
}

Task<Result<void>> KeepDeviceCheck::operator()(VisitContext context, DeviceCheckRecord result,
                                               KeepAnswer<Done> keep) {
    UnitBuilder unit{services_, context.request, {services_.clock.now(), context.participant.text()}};
    unit.audit("device_check.keep", context.session);
    result.participant = std::move(context.participant);
    result.at = unit.occasion().at;
    unit.unit().device_checks.push_back(std::move(result));
    unit.keep(keep, Done{});
    co_return done_or_refused(co_await services_.units.commit(std::move(context.scope), unit.take()));
}

Task<Result<void>> GiveFeedback::operator()(VisitContext context, Command command, KeepAnswer<Done> keep) {
    UnitBuilder unit{services_, context.request, {services_.clock.now(), context.participant.text()}};
    unit.unit().feedback.push_back({.session = context.session,
                                    .participant = context.participant,
                                    .rating = command.rating,
                                    .comment = std::move(command.comment),
                                    .at = unit.occasion().at});
    unit.audit("feedback.give", context.session);
    unit.keep(keep, Done{});
    co_return done_or_refused(co_await services_.units.commit(context.scope, unit.take()));
}

Task<Result<domain::Instant>> FindWindowEnd::operator()(domain::TenantScope scope,
                                                        domain::SessionId session) {
    const auto loaded = co_await desk_.load(std::move(scope), std::move(session));
    if (!loaded) co_return std::unexpected{loaded.error()};
    co_return loaded->session.data().scheduled_end + loaded->config.join_window_after;
}

}  // namespace vcare::application
