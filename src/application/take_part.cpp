// SPDX-License-Identifier: Apache-2.0
#include "application/take_part.hpp"

#include "application/manage_consents.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/cryptography.hpp"
#include "application/ports/keys.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::application {
namespace {

using domain::Participant;
using domain::SessionData;

constexpr domain::hours whereabouts_kept{24};

std::unexpected<Error> refuse_before_admission() {
    return refuse(ErrorCode::access_denied, "This needs the admission by a clinician first.");
}

}  // namespace

AnswerConsent::AnswerConsent(const Services& services)
    : services_(services), desk_(services), consents_(services), view_(services) {
}

Task<Result<std::vector<ConsentView>>> AnswerConsent::operator()(VisitContext context, ConsentChoice choice) {
    const auto loaded = co_await desk_.load(context.scope, context.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const Participant* who = loaded->session.find(context.participant);
    const bool is_patient = who && who->role == domain::Role::patient;
    if (!is_patient) co_return refuse(ErrorCode::access_denied, "Only the patient answers for themself.");

    Result<void> taken;
    switch (choice.decision) {
        case ConsentChoice::Decision::granted:
            taken = co_await grant(context, choice);
            break;
        case ConsentChoice::Decision::refused:
            taken = co_await keep_refusal(context, choice.type);
            break;
        case ConsentChoice::Decision::withdrawn:
            taken = co_await withdraw(context, choice);
            break;
    }
    if (!taken) co_return std::unexpected{taken.error()};
    auto view = co_await view_(std::move(context));
    if (!view) co_return std::unexpected{view.error()};
    co_return std::move(view->consents);
}

Task<Result<void>> AnswerConsent::grant(VisitContext context, ConsentChoice choice) {
    const auto before = co_await desk_.load(context.scope, context.session);
    if (!before) co_return std::unexpected{before.error()};
    const SessionData& data = before->session.data();
    auto granted =
        co_await consents_.grant(context.scope, {.patient = data.patient,
                                                 .type = choice.type,
                                                 .granted_by = data.patient.text(),
                                                 .capacity = choice.capacity,
                                                 .method = domain::ConsentMethod::in_app,
                                                 .text_version = choice.text_version,
                                                 .language = language_of(data, before->session.patient())});
    if (!granted) co_return std::unexpected{granted.error()};
    auto decide = [granted = *granted, type = choice.type](LoadedSession& loaded,
                                                           UnitBuilder& unit) -> Result<void> {
        granted.add_to(unit);
        if (type != domain::ConsentType::telehealth) return {};
        return loaded.session.grant_consent(unit.occasion());
    };
    const auto done = co_await desk_.change(std::move(context), "consent.grant", std::move(decide));
    if (!done) co_return std::unexpected{done.error()};
    co_return Result<void>{};
}

Task<Result<void>> AnswerConsent::keep_refusal(VisitContext context, domain::ConsentType type) {
    auto decide = [id = context.participant, type](LoadedSession&, UnitBuilder& unit) -> Result<void> {
        unit.unit().refusals.push_back({id, type, unit.occasion().at});
        return {};
    };
    const auto done = co_await desk_.change(std::move(context), "consent.refuse", std::move(decide));
    if (!done) co_return std::unexpected{done.error()};
    co_return Result<void>{};
}

Task<Result<void>> AnswerConsent::withdraw(VisitContext context, ConsentChoice choice) {
    const auto loaded = co_await desk_.load(context.scope, context.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    WithdrawConsent withdraw{services_};
    const auto withdrawn = co_await withdraw({.scope = context.scope,
                                              .request = context.request,
                                              .actor = context.participant.text(),
                                              .patient = loaded->session.data().patient,
                                              .type = choice.type,
                                              .capacity = choice.capacity,
                                              .text_version = choice.text_version});
    if (!withdrawn) co_return std::unexpected{withdrawn.error()};
    co_return Result<void>{};
}

ReportConnection::ReportConnection(const Services& services, ConnectionSamples& samples)
    : services_(services), desk_(services), samples_(samples) {
}

Task<Result<domain::FallbackAdvice>> ReportConnection::operator()(VisitContext context, Report report) {
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
        auto decide = [id = context.participant, quality, media = report.media](LoadedSession& now,
                                                                                UnitBuilder& unit) {
            return now.session.report_connection(id, quality, media, unit.occasion());
        };
        const auto noted = co_await desk_.change(std::move(context), "", std::move(decide));
        if (!noted) co_return std::unexpected{noted.error()};
    }
    if (advice != domain::FallbackAdvice::stay)
        services_.telemetry.count(Metric::fallbacks, {{"to", to_wire(advice)}, {"reason", "advised"}});
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

Task<Result<void>> SendSignal::operator()(VisitContext context, Command command) {
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

Task<Result<void>> GiveWhereabouts::operator()(VisitContext context, Command command) {
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
    auto decide = [record](LoadedSession&, UnitBuilder& unit) -> Result<void> {
        unit.unit().whereabouts.push_back(record);
        return {};
    };
    const auto done = co_await desk_.change(std::move(context), "whereabouts.give", std::move(decide));
    if (!done) co_return std::unexpected{done.error()};
    co_return Result<void>{};
}

Task<Result<void>> LeaveVisit::operator()(VisitContext context) {
    auto decide = [id = context.participant](LoadedSession& loaded, UnitBuilder& unit) -> Result<void> {
        unit.unit().voided_credentials.push_back(id);
        return loaded.session.leave(id, unit.occasion());
    };
    const auto done = co_await desk_.change(std::move(context), "visit.leave", std::move(decide));
    if (!done) co_return std::unexpected{done.error()};
    co_return Result<void>{};
}

Task<Result<void>> KeepDeviceCheck::operator()(domain::TenantScope scope, domain::ParticipantId participant,
                                               DeviceCheckRecord result) {
    result.participant = std::move(participant);
    result.at = services_.clock.now();
    UnitOfWork unit{.device_checks = {std::move(result)}, .at = services_.clock.now()};
    const auto outcome = co_await services_.units.commit(std::move(scope), std::move(unit));
    if (!outcome) co_return std::unexpected{outcome.error()};
    co_return Result<void>{};
}

Task<Result<void>> GiveFeedback::operator()(VisitContext context, Command command) {
    UnitBuilder unit{services_, context.request, {services_.clock.now(), context.participant.text()}};
    unit.unit().feedback.push_back({.session = context.session,
                                    .participant = context.participant,
                                    .rating = command.rating,
                                    .comment = std::move(command.comment),
                                    .at = unit.occasion().at});
    unit.audit("feedback.give", context.session);
    const auto outcome = co_await services_.units.commit(context.scope, unit.take());
    if (!outcome) co_return std::unexpected{outcome.error()};
    co_return Result<void>{};
}

}  // namespace vcare::application
