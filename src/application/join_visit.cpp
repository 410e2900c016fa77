// SPDX-License-Identifier: Apache-2.0
#include "application/join_visit.hpp"

#include <algorithm>

#include "application/ports/clock.hpp"
#include "application/ports/credential_store.hpp"
#include "application/ports/telemetry.hpp"
#include "application/visit_authentication.hpp"

namespace vcare::application {
namespace {

using domain::ConsentType;
using domain::Participant;
using domain::Role;

std::string_view word_of(const Result<Joined>& joined) {
    if (joined) return "joined";
    switch (joined.error().code) {
        case ErrorCode::token_expired:
            return "expired";
        case ErrorCode::token_not_yet_valid:
            return "early";
        case ErrorCode::token_invalid:
            return "invalid";
        case ErrorCode::consent_required:
            return "consent";
        default:
            return "failed";
    }
}

bool goes_straight_in(const Participant& who) {
    return who.is_in_the_visit();
}

VisitCredentialRecord record_of(const domain::SessionData& session, const domain::ParticipantId& participant,
                                std::string hash, domain::Instant now) {
    return {
        .session = session.id, .participant = participant, .secret_hash = std::move(hash), .issued_at = now};
}

}  // namespace

JoinVisit::JoinVisit(const Services& services)
    : services_(services), desk_(services), consents_(services), credentials_(services), view_(services) {
}

Task<Result<Joined>> JoinVisit::operator()(LinkHolder holder, std::vector<ConsentChoice> choices,
                                           KeepAnswer<Joined> keep) {
    auto loaded = co_await desk_.load(holder.scope, holder.token.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    Result<Joined> joined = refuse_unavailable(ErrorCode::store_unavailable);
    const auto lets_in = domain::check_join(holder.token, loaded->session.data(), services_.clock.now());
    if (!lets_in) {
        joined = std::unexpected{lets_in.error()};
    } else if (auto refused = co_await take_choices(holder, std::move(*loaded), std::move(choices));
               !refused) {
        joined = std::unexpected{refused.error()};
    } else {
        Try attempt{std::move(holder), std::move(*refused), std::move(keep)};
        for (int i = 0; i < max_tries; ++i) {
            auto done = co_await try_once(attempt);
            if (!done) joined = std::unexpected{done.error()};
            if (done && !*done) continue;
            if (done) joined = std::move(**done);
            break;
        }
    }
    services_.telemetry.count(Metric::join_attempts, {{"result", word_of(joined)}});
    co_return joined;
}

/// Consents given on the page go to their owner before anything relies on them; what was refused is kept
/// with the participant when they join.
Task<Result<std::vector<ConsentType>>> JoinVisit::take_choices(LinkHolder holder, LoadedSession loaded,
                                                               std::vector<ConsentChoice> choices) {
    std::vector<ConsentType> refused;
    const domain::SessionData& session = loaded.session.data();
    if (holder.token.role != Role::patient && !choices.empty())
        co_return domain::refuse_field("/consents", "only the patient is asked for consent");
    const Participant patient = loaded.session.patient();
    for (ConsentChoice& choice : choices) {
        if (choice.decision != ConsentChoice::Decision::granted) {
            refused.push_back(choice.type);
            continue;
        }
        auto granted = co_await consents_.grant(holder.scope, {.patient = session.patient,
                                                               .type = choice.type,
                                                               .granted_by = session.patient.text(),
                                                               .capacity = choice.capacity,
                                                               .method = domain::ConsentMethod::in_app,
                                                               .text_version = std::move(choice.text_version),
                                                               .language = language_of(session, patient)});
        if (!granted) co_return std::unexpected{granted.error()};
        UnitBuilder unit{services_, holder.request, {services_.clock.now(), holder.token.participant.text()}};
        granted->add_to(unit);
        unit.audit("consent.grant", session.id, session.patient);
        const auto outcome = co_await services_.units.commit(holder.scope, unit.take());
        if (!outcome) co_return std::unexpected{outcome.error()};
    }
    co_return refused;
}

Task<Result<std::optional<Joined>>> JoinVisit::try_once(Try attempt) {
    const domain::JoinTokenRecord& token = attempt.holder.token;
    const domain::TenantScope& scope = attempt.holder.scope;
    auto loaded = co_await desk_.load(scope, token.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    domain::Session& session = loaded->session;
    const domain::Instant now = services_.clock.now();
    if (const auto lets_in = domain::check_join(token, session.data(), now); !lets_in)
        co_return std::unexpected{lets_in.error()};

    std::optional<domain::TelehealthProof> proof;
    if (token.role == Role::patient) {
        auto asked = co_await consents_.ask_telehealth(scope, session.data().patient, token.jti);
        const bool may_follow = loaded->config.telehealth_consent_at == domain::TelehealthConsentAt::join;
        const bool is_missing = !asked && asked.error().code == ErrorCode::consent_required;
        if (!asked && !(is_missing && may_follow)) co_return std::unexpected{asked.error()};
        if (asked) proof.emplace(std::move(*asked));
    }
    auto secret = co_await credentials_.secret_for(scope, token.participant, token.jti, attempt.keep.key);
    if (!secret) co_return std::unexpected{secret.error()};

    UnitBuilder unit{services_, attempt.holder.request, {now, token.participant.text()}};
    const auto in = session.join(token.participant, std::move(proof), loaded->config, unit.occasion());
    if (!in) co_return std::unexpected{in.error()};
    unit.unit().used_tokens.push_back({token.jti, now});
    unit.unit().credentials.push_back(
        record_of(session.data(), token.participant, services_.cryptography.sha256_hex(*secret), now));
    for (const ConsentType type : attempt.refused)
        unit.unit().refusals.push_back({token.participant, type, now});
    unit.add(session, loaded->config);
    unit.audit("visit.join", session.data().id, session.data().patient);

    auto view = co_await view_.of(scope, session.data(), loaded->config, token.participant);
    if (!view) co_return std::unexpected{view.error()};
    for (ConsentView& asked : view->consents) {
        const bool just_refused = std::ranges::find(attempt.refused, asked.type) != attempt.refused.end();
        if (just_refused && asked.status == ConsentAsked::needed) asked.status = ConsentAsked::refused;
    }
    Joined joined{
        .direct = goes_straight_in(view->self),
        .session = token.session,
        .participant = token.participant,
        .credential = VisitCredential::make(scope.tenant(), token.participant, std::move(*secret)).reveal(),
        .cookie_until = session.data().scheduled_end + loaded->config.join_window_after,
        .view = std::move(*view)};
    unit.keep(attempt.keep, joined);
    const auto outcome = co_await desk_.commit(scope, unit.take());
    if (!outcome) co_return std::unexpected{outcome.error()};
    if (*outcome == CommitOutcome::answered_before) co_return refuse_to_repeat();
    if (*outcome == CommitOutcome::done) co_return std::optional{std::move(joined)};

    // Somebody was quicker; when it was this very token, it is used now and the next try says so.
    auto again = co_await services_.credentials.find_token(scope, token.jti);
    if (again && *again && (*again)->used_at) co_return refuse(ErrorCode::token_invalid);
    co_return std::optional<Joined>{};
}

JoinAsStaff::JoinAsStaff(const Services& services)
    : services_(services), desk_(services), credentials_(services), view_(services) {
}

Task<Result<Joined>> JoinAsStaff::operator()(StaffContext context, Command command, KeepAnswer<Joined> keep) {
    for (int i = 0; i < max_tries; ++i) {
        auto done = co_await try_once(context, command, keep);
        if (!done) co_return std::unexpected{done.error()};
        if (*done) co_return std::move(**done);
    }
    co_return refuse_unavailable(ErrorCode::store_unavailable);
}

Task<Result<std::optional<Joined>>> JoinAsStaff::try_once(StaffContext context, Command command,
                                                          KeepAnswer<Joined> keep) {
    if (const auto may = domain::require(context.caller, domain::Scope::session_read); !may)
        co_return std::unexpected{may.error()};
    auto loaded = co_await desk_.load(context.scope, command.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    domain::Session& session = loaded->session;
    const Participant* seat = session.find(command.participant);
    if (!seat) co_return refuse(ErrorCode::participant_not_found);
    const bool is_own = seat->user_id == context.caller.user && seat->role != Role::patient;
    const bool is_free_seat = seat->role == Role::provider && !seat->user_id;
    const bool is_clinical = domain::require(context.caller, domain::Scope::session_admit).has_value();
    if (!is_own && !(is_free_seat && is_clinical))
        co_return refuse(ErrorCode::access_denied, "This seat is somebody else's.");
    if (is_free_seat) {
        if (const auto taken = session.take_seat(seat->id, context.caller.user); !taken)
            co_return std::unexpected{taken.error()};
    }
    auto secret = co_await credentials_.secret_for(context.scope, command.participant, "", keep.key);
    if (!secret) co_return std::unexpected{secret.error()};

    const domain::Instant now = services_.clock.now();
    UnitBuilder unit{services_, context.request, {now, context.caller.user.text()}};
    const auto in = session.join(command.participant, std::nullopt, loaded->config, unit.occasion());
    if (!in) co_return std::unexpected{in.error()};
    unit.unit().credentials.push_back(
        record_of(session.data(), command.participant, services_.cryptography.sha256_hex(*secret), now));
    unit.add(session, loaded->config);
    unit.audit("visit.join", session.data().id, session.data().patient);
    auto view = co_await view_.of(context.scope, session.data(), loaded->config, command.participant);
    if (!view) co_return std::unexpected{view.error()};
    Joined joined{
        .direct = goes_straight_in(view->self),
        .session = command.session,
        .participant = command.participant,
        .credential =
            VisitCredential::make(context.scope.tenant(), command.participant, std::move(*secret)).reveal(),
        .cookie_until = session.data().scheduled_end + loaded->config.join_window_after,
        .view = std::move(*view)};
    unit.keep(keep, joined);
    const auto outcome = co_await desk_.commit(context.scope, unit.take());
    if (!outcome) co_return std::unexpected{outcome.error()};
    if (*outcome == CommitOutcome::answered_before) co_return refuse_to_repeat();
    if (*outcome != CommitOutcome::done) co_return std::optional<Joined>{};
    co_return std::optional{std::move(joined)};
}

}  // namespace vcare::application
