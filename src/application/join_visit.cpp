// SPDX-License-Identifier: Apache-2.0
#include "application/join_visit.hpp"

#include <algorithm>
#include <utility>

#include "application/consent_texts.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/credential_store.hpp"
#include "application/ports/telemetry.hpp"
#include "application/withdraw_consent.hpp"

namespace vcare::application {
namespace {

using domain::ConsentType;
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

/// What was answered in this very call is not in the store yet, or not told apart there.
void show_as(ConsentAsked answered, std::vector<ConsentView>& consents,
             const std::vector<ConsentType>& types) {
    for (ConsentView& asked : consents) {
        const bool just_answered = std::ranges::find(types, asked.type) != types.end();
        if (just_answered && asked.status == ConsentAsked::needed) asked.status = answered;
    }
}

}  // namespace

JoinVisit::JoinVisit(const Services& services)
    : services_(services), desk_(services), consents_(services), entrance_(services) {
}

Task<Result<Joined>> JoinVisit::operator()(LinkHolder holder, std::vector<ConsentChoice> choices,
                                           KeepAnswer<Joined> keep) {
    auto loaded = co_await desk_.load(holder.scope, holder.token.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const bool changes_consent = std::ranges::any_of(choices, [](const ConsentChoice& choice) {
        return choice.decision != ConsentChoice::Decision::refused;
    });
    const domain::TenantId tenant = holder.scope.tenant();
    Result<Joined> joined = refuse_unavailable(ErrorCode::store_unavailable);
    const auto lets_in = domain::check_join(holder.token, loaded->session.data(), services_.clock.now());
    if (!lets_in) {
        joined = std::unexpected{lets_in.error()};
    } else if (auto declined = co_await take_choices(holder, *loaded, std::move(choices)); !declined) {
        joined = std::unexpected{declined.error()};
    } else {
        Attempt attempt{std::move(holder), std::move(*declined), std::move(keep)};
        // What was just loaded is good for one try, unless an answer taken meanwhile has changed it.
        std::optional<LoadedSession> at_hand;
        if (!changes_consent) at_hand.emplace(std::move(*loaded));
        auto once = [this, attempt, at_hand = std::move(at_hand)]() mutable {
            return try_once(attempt, std::exchange(at_hand, std::nullopt));
        };
        auto tried = co_await try_until_settled<Joined>(std::move(once));
        joined = settled_or(std::move(tried), refuse_unavailable(ErrorCode::store_unavailable));
    }
    services_.telemetry.count_of(tenant.text(), Metric::join_attempts, {{"result", word_of(joined)}});
    co_return joined;
}

Task<Result<void>> JoinVisit::check_link(LinkHolder holder) {
    const auto loaded = co_await desk_.load(holder.scope, holder.token.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    co_return domain::check_join(holder.token, loaded->session.data(), services_.clock.now());
}

/// Consents given on the page go to their owner, and withdrawals take effect, before anything relies on them;
/// what was refused is kept with the participant when they join.
Task<Result<JoinVisit::Declined>> JoinVisit::take_choices(LinkHolder holder, LoadedSession loaded,
                                                          std::vector<ConsentChoice> choices) {
    Declined declined;
    if (holder.token.role != Role::patient && !choices.empty())
        co_return domain::refuse_field("/consents", "only the patient is asked for consent");
    for (ConsentChoice& choice : choices) {
        const ConsentType type = choice.type;
        Result<void> taken;
        switch (choice.decision) {
            case ConsentChoice::Decision::granted:
                taken = co_await grant(holder, loaded, std::move(choice));
                break;
            case ConsentChoice::Decision::refused:
                declined.refused.push_back(type);
                break;
            case ConsentChoice::Decision::withdrawn:
                declined.withdrawn.push_back(type);
                taken = co_await withdraw(holder, loaded.session.data().patient, std::move(choice));
                break;
        }
        if (!taken) co_return std::unexpected{taken.error()};
    }
    co_return declined;
}

Task<Result<void>> JoinVisit::grant(LinkHolder holder, LoadedSession loaded, ConsentChoice choice) {
    const domain::SessionData& session = loaded.session.data();
    auto consent = consent_on_page(services_, loaded, std::move(choice));
    if (!consent) co_return std::unexpected{consent.error()};
    const auto granted = co_await consents_.grant(holder.scope, *std::move(consent));
    if (!granted) co_return std::unexpected{granted.error()};
    UnitBuilder unit{services_, holder.request, {services_.clock.now(), holder.token.participant.text()}};
    granted->add_to(unit);
    unit.audit("consent.grant", session.id, session.patient);
    const auto outcome = co_await services_.units.commit(holder.scope, unit.take());
    if (!outcome) co_return std::unexpected{outcome.error()};
    co_return Result<void>{};
}

/// A withdrawal may be the end of the very visit that was to be joined.
Task<Result<void>> JoinVisit::withdraw(LinkHolder holder, domain::PatientId patient, ConsentChoice choice) {
    WithdrawConsent withdraw{services_};
    const auto withdrawn = co_await withdraw({.scope = holder.scope,
                                              .request = holder.request,
                                              .actor = holder.token.participant.text(),
                                              .patient = std::move(patient),
                                              .type = choice.type,
                                              .capacity = choice.capacity,
                                              .text_version = std::move(choice.text_version)});
    if (!withdrawn) co_return std::unexpected{withdrawn.error()};
    const auto left = co_await desk_.load(holder.scope, holder.token.session);
    if (!left) co_return std::unexpected{left.error()};
    if (domain::is_terminal(left->session.data().status))
        co_return refuse(ErrorCode::consent_required, "The consent was withdrawn, so this visit is over.");
    co_return Result<void>{};
}

/// Nothing where the clinic asks once the patient is in, which it can with a text only.
Task<Result<std::optional<domain::TelehealthProof>>> JoinVisit::ask_for_proof(domain::TenantScope scope,
                                                                              LoadedSession loaded) {
    const domain::SessionData& session = loaded.session.data();
    auto command = domain::gated_command(domain::GatedCommand::join, session.id, session.version);
    auto proof = co_await consents_.ask_telehealth(std::move(scope), session.patient, std::move(command));
    if (proof) co_return std::optional{std::move(*proof)};
    if (proof.error().code != ErrorCode::consent_required) co_return std::unexpected{proof.error()};
    if (services_.consent_service.takes_records()) {
        const std::string language = language_of(session, loaded.session.patient());
        const auto text = text_to_ask_with(services_, loaded.config, ConsentType::telehealth, language);
        if (!text) co_return std::unexpected{text.error()};
    }
    const bool may_follow = loaded.config.telehealth_consent_at == domain::TelehealthConsentAt::join;
    if (!may_follow) co_return std::unexpected{proof.error()};
    co_return std::optional<domain::TelehealthProof>{};
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
        auto asked = co_await ask_for_proof(scope, *loaded);
        if (!asked) co_return std::unexpected{asked.error()};
        if (*asked) proof.emplace(std::move(**asked));
    }
    UnitBuilder unit{services_, attempt.holder.request, {now, token.participant.text()}};
    unit.unit().used_tokens.push_back({token.jti, now});
    for (const ConsentType type : attempt.declined.refused)
        unit.unit().refusals.push_back({token.participant, type, now});
    Entrance::Newcomer newcomer{.scope = scope,
                                .participant = token.participant,
                                .basis = token.jti,
                                .proof = std::move(proof),
                                .key = attempt.keep.key};
    auto joined = co_await entrance_.come_in(std::move(newcomer), &*loaded, &unit);
    if (!joined) co_return std::unexpected{joined.error()};
    show_as(ConsentAsked::refused, joined->view.consents, attempt.declined.refused);
    show_as(ConsentAsked::withdrawn, joined->view.consents, attempt.declined.withdrawn);
    unit.keep(attempt.keep, *joined);
    const auto is_done = co_await desk_.settle(scope, unit.take());
    if (!is_done) co_return std::unexpected{is_done.error()};
    if (*is_done) co_return std::optional{std::move(*joined)};

    // Somebody was quicker; when it was this very token, it is used now and the next try says so.
    auto again = co_await services_.credentials.find_token(scope, token.jti);
    if (again && *again && (*again)->used_at) co_return refuse(ErrorCode::token_invalid);
    co_return std::optional<Joined>{};
}

}  // namespace vcare::application
