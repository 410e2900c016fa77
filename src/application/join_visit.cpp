// SPDX-License-Identifier: Apache-2.0
#include "application/join_visit.hpp"

#include <algorithm>
#include <utility>

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

/// What was refused in this very call is not in the store yet.
void show_as_refused(std::vector<ConsentView>& consents, const std::vector<ConsentType>& refused) {
    for (ConsentView& asked : consents) {
        const bool just_refused = std::ranges::find(refused, asked.type) != refused.end();
        if (just_refused && asked.status == ConsentAsked::needed) asked.status = ConsentAsked::refused;
    }
}

}  // namespace

Entrance::Entrance(const Services& services) : services_(services), credentials_(services), view_(services) {
}

Task<Result<Joined>> Entrance::come_in(Newcomer newcomer, LoadedSession* loaded, UnitBuilder* unit) {
    const domain::TenantScope& scope = newcomer.scope;
    const domain::ParticipantId& id = newcomer.participant;
    auto secret = co_await credentials_.secret_for(scope, id, newcomer.basis, newcomer.key);
    if (!secret) co_return std::unexpected{secret.error()};
    domain::Session& session = loaded->session;
    const auto in = session.join(id, std::move(newcomer.proof), loaded->config, unit->occasion());
    if (!in) co_return std::unexpected{in.error()};
    unit->unit().credentials.push_back({.session = session.data().id,
                                        .participant = id,
                                        .secret_hash = services_.cryptography.sha256_hex(*secret),
                                        .issued_at = unit->occasion().at});
    unit->add(session, loaded->config);
    unit->audit("visit.join", session.data().id, session.data().patient);
    auto view = co_await view_.of(scope, session.data(), loaded->config, id);
    if (!view) co_return std::unexpected{view.error()};
    co_return Joined{.direct = view->self.is_in_the_visit(),
                     .session = session.data().id,
                     .participant = id,
                     .credential = VisitCredential::make(scope.tenant(), id, std::move(*secret)).reveal(),
                     .cookie_until = session.data().scheduled_end + loaded->config.join_window_after,
                     .view = std::move(*view)};
}

JoinVisit::JoinVisit(const Services& services)
    : services_(services), desk_(services), consents_(services), entrance_(services) {
}

Task<Result<Joined>> JoinVisit::operator()(LinkHolder holder, std::vector<ConsentChoice> choices,
                                           KeepAnswer<Joined> keep) {
    auto loaded = co_await desk_.load(holder.scope, holder.token.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const bool gives_consent = std::ranges::any_of(choices, [](const ConsentChoice& choice) {
        return choice.decision == ConsentChoice::Decision::granted;
    });
    Result<Joined> joined = refuse_unavailable(ErrorCode::store_unavailable);
    const auto lets_in = domain::check_join(holder.token, loaded->session.data(), services_.clock.now());
    if (!lets_in) {
        joined = std::unexpected{lets_in.error()};
    } else if (auto refused = co_await take_choices(holder, *loaded, std::move(choices)); !refused) {
        joined = std::unexpected{refused.error()};
    } else {
        Attempt attempt{std::move(holder), std::move(*refused), std::move(keep)};
        // What was just loaded is good for one try, unless a consent given meanwhile has changed it.
        std::optional<LoadedSession> at_hand;
        if (!gives_consent) at_hand.emplace(std::move(*loaded));
        auto once = [this, attempt, at_hand = std::move(at_hand)]() mutable {
            return try_once(attempt, std::exchange(at_hand, std::nullopt));
        };
        auto tried = co_await try_until_settled<Joined>(std::move(once));
        joined = settled_or(std::move(tried), refuse_unavailable(ErrorCode::store_unavailable));
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

Task<Result<std::optional<Joined>>> JoinVisit::try_once(Attempt attempt,
                                                        std::optional<LoadedSession> at_hand) {
    const domain::JoinTokenRecord& token = attempt.holder.token;
    const domain::TenantScope& scope = attempt.holder.scope;
    Result<LoadedSession> loaded = refuse(ErrorCode::session_not_found);
    if (at_hand) {
        loaded = std::move(*at_hand);
    } else {
        loaded = co_await desk_.load(scope, token.session);
    }
    if (!loaded) co_return std::unexpected{loaded.error()};
    const domain::SessionData& session = loaded->session.data();
    const domain::Instant now = services_.clock.now();
    if (const auto lets_in = domain::check_join(token, session, now); !lets_in)
        co_return std::unexpected{lets_in.error()};

    std::optional<domain::TelehealthProof> proof;
    if (token.role == Role::patient) {
        auto asked = co_await consents_.ask_telehealth(scope, session.patient, token.jti);
        const bool may_follow = loaded->config.telehealth_consent_at == domain::TelehealthConsentAt::join;
        const bool is_missing = !asked && asked.error().code == ErrorCode::consent_required;
        if (!asked && !(is_missing && may_follow)) co_return std::unexpected{asked.error()};
        if (asked) proof.emplace(std::move(*asked));
    }
    UnitBuilder unit{services_, attempt.holder.request, {now, token.participant.text()}};
    unit.unit().used_tokens.push_back({token.jti, now});
    for (const ConsentType type : attempt.refused)
        unit.unit().refusals.push_back({token.participant, type, now});
    Entrance::Newcomer newcomer{.scope = scope,
                                .participant = token.participant,
                                .basis = token.jti,
                                .proof = std::move(proof),
                                .key = attempt.keep.key};
    auto joined = co_await entrance_.come_in(std::move(newcomer), &*loaded, &unit);
    if (!joined) co_return std::unexpected{joined.error()};
    show_as_refused(joined->view.consents, attempt.refused);
    unit.keep(attempt.keep, *joined);
    const auto is_done = co_await desk_.settle(scope, unit.take());
    if (!is_done) co_return std::unexpected{is_done.error()};
    if (*is_done) co_return std::optional{std::move(*joined)};

    // Somebody was quicker; when it was this very token, it is used now and the next try says so.
    auto again = co_await services_.credentials.find_token(scope, token.jti);
    if (again && *again && (*again)->used_at) co_return refuse(ErrorCode::token_invalid);
    co_return std::optional<Joined>{};
}

JoinAsStaff::JoinAsStaff(const Services& services)
    : services_(services), desk_(services), entrance_(services) {
}

Task<Result<Joined>> JoinAsStaff::operator()(StaffContext context, Command command, KeepAnswer<Joined> keep) {
    auto once = [this, context, command, keep] { return try_once(context, command, keep); };
    auto tried = co_await try_until_settled<Joined>(std::move(once));
    co_return settled_or(std::move(tried), refuse_unavailable(ErrorCode::store_unavailable));
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
    UnitBuilder unit{services_, context.request, {services_.clock.now(), context.caller.user.text()}};
    Entrance::Newcomer newcomer{.scope = context.scope, .participant = command.participant, .key = keep.key};
    auto joined = co_await entrance_.come_in(std::move(newcomer), &*loaded, &unit);
    if (!joined) co_return std::unexpected{joined.error()};
    unit.keep(keep, *joined);
    const auto is_done = co_await desk_.settle(context.scope, unit.take());
    if (!is_done) co_return std::unexpected{is_done.error()};
    co_return *is_done ? std::optional{std::move(*joined)} : std::nullopt;
}

}  // namespace vcare::application
