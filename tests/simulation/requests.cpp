// SPDX-License-Identifier: Apache-2.0
#include "simulation/requests.hpp"

#include <charconv>

namespace vcare::simulation::requests {

using application::IdempotencyKey;
using application::KeepAnswer;
using application::KeptAnswer;
using application::RequestContext;
using application::StaffContext;
using domain::SessionData;
using domain::SessionId;

namespace {

const RequestContext from_a_client{.trace_id = "0af7651916cd43dd8448eb211c80319c", .request_id = "r-1"};

SessionAnswer answer_of(const SessionData& session) {
    return {session.id, session.version, session.status};
}

/// Kept answers are `<id> <version> <status>` here; the HTTP adapter keeps JSON.
std::string to_text(const SessionAnswer& answer) {
    return answer.id.text() + " " + std::to_string(answer.version) + " " +
           std::string{to_wire(answer.status)};
}

Result<SessionAnswer> parse_answer(std::string_view text) {
    const std::size_t version_at = text.find(' ');
    const std::size_t status_at = text.rfind(' ');
    auto id = SessionId::parse(text.substr(0, version_at));
    const auto status = domain::parse_wire<domain::SessionStatus>(text.substr(status_at + 1));
    std::uint64_t version = 0;
    std::from_chars(text.data() + version_at + 1, text.data() + status_at, version);
    if (!id || !status) return domain::refuse(ErrorCode::internal_error, "a kept answer cannot be read");
    return SessionAnswer{*id, version, *status};
}

std::optional<IdempotencyKey> key_of(const std::string& caller, const std::string& key,
                                     const std::string& fingerprint) {
    if (key.empty()) return std::nullopt;
    return IdempotencyKey{.caller = caller, .key = key, .fingerprint = fingerprint};
}

KeepAnswer<SessionData> keep_session(std::optional<IdempotencyKey> key) {
    return {.key = std::move(key), .render = [](const SessionData& session) {
                return KeptAnswer{.status = 200, .body = to_text(answer_of(session))};
            }};
}

Task<Result<StaffContext>> authenticate(Core* core, std::string bearer) {
    auto verified = co_await core->staff(std::move(bearer), from_a_client);
    if (!verified) co_return std::unexpected{verified.error()};
    co_return std::move(verified->context);
}

Task<Result<std::optional<SessionAnswer>>> kept(Core* core, StaffContext context,
                                                std::optional<IdempotencyKey> key) {
    if (!key) co_return std::optional<SessionAnswer>{};
    auto found = co_await core->idempotency.find(context.scope, *key);
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return std::optional<SessionAnswer>{};
    auto answer = parse_answer((*found)->body);
    if (!answer) co_return std::unexpected{answer.error()};
    co_return std::optional{*answer};
}

/// The steps every staff command shares; `run` starts the use case.
using Run = std::function<Task<Result<SessionData>>(StaffContext, KeepAnswer<SessionData>)>;

Task<Result<SessionAnswer>> command(Core* core, Staff staff, std::string fingerprint, Run run) {
    auto context = co_await authenticate(core, staff.bearer);
    if (!context) co_return std::unexpected{context.error()};
    const auto key = key_of(context->caller.user.text(), staff.key, fingerprint);
    auto before = co_await kept(core, *context, key);
    if (!before) co_return std::unexpected{before.error()};
    if (*before) co_return **before;
    auto done = co_await run(std::move(*context), keep_session(key));
    if (!done) co_return std::unexpected{done.error()};
    co_return answer_of(*done);
}

}  // namespace

Task<Result<SessionAnswer>> create(Core* core, Staff staff, application::CreateSession::Command order) {
    Run run = [core, order](StaffContext context, KeepAnswer<SessionData> keep) {
        return core->create(std::move(context), order, std::move(keep));
    };
    co_return co_await command(core, std::move(staff), "create " + order.patient.text(), std::move(run));
}

Task<Result<SessionData>> read(Core* core, Staff staff, SessionId session) {
    auto context = co_await authenticate(core, staff.bearer);
    if (!context) co_return std::unexpected{context.error()};
    auto view = co_await core->read.one(std::move(*context), std::move(session));
    if (!view) co_return std::unexpected{view.error()};
    co_return std::move(view->session);
}

Task<Result<std::vector<SessionData>>> list(Core* core, Staff staff) {
    auto context = co_await authenticate(core, staff.bearer);
    if (!context) co_return std::unexpected{context.error()};
    application::SessionQuery query{.reach = domain::reach_of(context->caller), .limit = 20};
    auto page = co_await core->read.list(std::move(*context), std::move(query));
    if (!page) co_return std::unexpected{page.error()};
    co_return std::move(page->items);
}

Task<Result<std::string>> issue_link(Core* core, Staff staff, SessionId session,
                                     domain::ParticipantId participant) {
    using Issued = application::IssueJoinToken::Issued;
    auto context = co_await authenticate(core, staff.bearer);
    if (!context) co_return std::unexpected{context.error()};
    const domain::TenantScope scope = context->scope;
    const auto key = key_of(context->caller.user.text(), staff.key, "link " + participant.text());
    if (key) {
        auto before = co_await core->idempotency.find(scope, *key);
        if (!before) co_return std::unexpected{before.error()};
        if (*before) {
            auto secrets = co_await core->idempotency.secrets_of(scope, *key, (*before)->body);
            if (!secrets) co_return std::unexpected{secrets.error()};
            co_return secrets->code;
        }
    }
    KeepAnswer<Issued> keep{.key = key, .render = [](const Issued& issued) {
                                return KeptAnswer{.status = 200, .body = issued.jti};
                            }};
    auto issued = co_await core->issue_token(
        std::move(*context), {.session = std::move(session), .participant = std::move(participant)},
        std::move(keep));
    if (!issued) co_return std::unexpected{issued.error()};
    co_return issued->link.code;
}

Task<Result<SessionAnswer>> reschedule(Core* core, Staff staff, SessionId session, domain::Instant start) {
    Run run = [core, session, start](StaffContext context, KeepAnswer<SessionData> keep) {
        return core->reschedule(std::move(context), {.session = session, .scheduled_start = start},
                                std::move(keep));
    };
    co_return co_await command(core, std::move(staff), "reschedule " + session.text(), std::move(run));
}

Task<Result<SessionAnswer>> admit(Core* core, Staff staff, SessionId session,
                                  domain::ParticipantId participant, std::uint64_t version) {
    Run run = [core, session, participant, version](StaffContext context, KeepAnswer<SessionData> keep) {
        return core->admit(
            std::move(context),
            {.session = session, .participant = participant, .version = version, .with_linked = true},
            std::move(keep));
    };
    std::string fingerprint = "admit " + participant.text() + " " + std::to_string(version);
    co_return co_await command(core, std::move(staff), std::move(fingerprint), std::move(run));
}

Task<Result<SessionAnswer>> remove(Core* core, Staff staff, SessionId session,
                                   domain::ParticipantId participant) {
    Run run = [core, session, participant](StaffContext context, KeepAnswer<SessionData> keep) {
        return core->remove(std::move(context),
                            {.session = session, .participant = participant, .reason = "PHI~typed reason"},
                            std::move(keep));
    };
    co_return co_await command(core, std::move(staff), "remove " + participant.text(), std::move(run));
}

Task<Result<SessionAnswer>> fall_back(Core* core, Staff staff, SessionId session, domain::Mode mode) {
    Run run = [core, session, mode](StaffContext context, KeepAnswer<SessionData> keep) {
        return core->fall_back(std::move(context),
                               {.session = session, .mode = mode, .reason = "PHI~typed reason"},
                               std::move(keep));
    };
    co_return co_await command(core, std::move(staff), "fallback " + session.text(), std::move(run));
}

Task<Result<SessionAnswer>> end(Core* core, Staff staff, SessionId session, std::uint64_t version) {
    Run run = [core, session, version](StaffContext context, KeepAnswer<SessionData> keep) {
        return core->end(std::move(context), {.session = session, .version = version}, std::move(keep));
    };
    std::string fingerprint = "end " + session.text() + " " + std::to_string(version);
    co_return co_await command(core, std::move(staff), std::move(fingerprint), std::move(run));
}

Task<Result<SessionAnswer>> cancel(Core* core, Staff staff, SessionId session, std::uint64_t version,
                                   std::string reason) {
    Run run = [core, session, version, reason](StaffContext context, KeepAnswer<SessionData> keep) {
        return core->cancel(std::move(context), {.session = session, .version = version, .reason = reason},
                            std::move(keep));
    };
    std::string fingerprint = "cancel " + session.text() + " " + std::to_string(version);
    co_return co_await command(core, std::move(staff), std::move(fingerprint), std::move(run));
}

Task<Result<JoinAnswer>> join_as_staff(Core* core, Staff staff, SessionId session,
                                       domain::ParticipantId participant) {
    auto context = co_await authenticate(core, staff.bearer);
    if (!context) co_return std::unexpected{context.error()};
    application::JoinAsStaff::Command order{.session = std::move(session), .participant = participant};
    auto joined = co_await core->join_as_staff(std::move(*context), std::move(order), {});
    if (!joined) co_return std::unexpected{joined.error()};
    co_return JoinAnswer{participant, joined->credential};
}

Task<Result<domain::StoredTenantConfig>> configure(Core* core, Staff staff, domain::TenantConfig config) {
    auto context = co_await authenticate(core, staff.bearer);
    if (!context) co_return std::unexpected{context.error()};
    const auto before = co_await core->configure.read(*context);
    if (!before) co_return std::unexpected{before.error()};
    co_return co_await core->configure.replace(std::move(*context), std::move(config), before->version);
}

Task<Result<domain::LinkState>> preview(Core* core, std::string code) {
    auto holder = co_await core->links(std::move(code), from_a_client);
    if (!holder) co_return std::unexpected{holder.error()};
    auto seen = co_await core->preview(std::move(*holder), std::nullopt);
    if (!seen) co_return std::unexpected{seen.error()};
    co_return seen->state;
}

Task<Result<JoinAnswer>> join(Core* core, std::string code, std::string key,
                              std::vector<application::ConsentChoice> consents) {
    using application::Joined;
    auto holder = co_await core->links(std::move(code), from_a_client);
    if (!holder) co_return std::unexpected{holder.error()};
    const auto idempotency = key_of(holder->token.jti, key, "join");
    const domain::TenantScope scope = holder->scope;
    if (idempotency) {
        auto before = co_await core->idempotency.find(scope, *idempotency);
        if (!before) co_return std::unexpected{before.error()};
        if (*before) {
            auto secrets = co_await core->idempotency.secrets_of(scope, *idempotency, (*before)->body);
            if (!secrets) co_return std::unexpected{secrets.error()};
            co_return JoinAnswer{holder->token.participant, secrets->credential};
        }
    }
    KeepAnswer<Joined> keep{.key = idempotency, .render = [](const Joined& joined) {
                                return KeptAnswer{.status = 200, .body = joined.participant.text()};
                            }};
    auto joined = co_await core->join(std::move(*holder), std::move(consents), std::move(keep));
    if (!joined) co_return std::unexpected{joined.error()};
    co_return JoinAnswer{joined->participant, joined->credential};
}

Task<Result<bool>> ask_for_link(Core* core, std::string code) {
    auto holder = co_await core->links(std::move(code), from_a_client);
    if (!holder) co_return std::unexpected{holder.error()};
    const auto asked = co_await core->new_link(std::move(*holder));
    if (!asked) co_return std::unexpected{asked.error()};
    co_return true;
}

Task<Result<VisitAnswer>> view(Core* core, std::string credential) {
    auto context = co_await core->visits.live(std::move(credential), from_a_client);
    if (!context) co_return std::unexpected{context.error()};
    auto seen = co_await core->view(std::move(*context));
    if (!seen) co_return std::unexpected{seen.error()};
    VisitAnswer answer{.session = seen->session.status, .self = seen->self.status};
    for (const application::ConsentView& asked : seen->consents)
        answer.consent_needed = answer.consent_needed || asked.status != application::ConsentAsked::granted;
    co_return answer;
}

Task<Result<bool>> answer_consent(Core* core, std::string credential,
                                  application::ConsentChoice::Decision decision) {
    auto context = co_await core->visits.live(std::move(credential), from_a_client);
    if (!context) co_return std::unexpected{context.error()};
    application::ConsentChoice choice{
        .type = domain::ConsentType::telehealth, .decision = decision, .text_version = "1"};
    const auto answered = co_await core->answer_consent(std::move(*context), std::move(choice));
    if (!answered) co_return std::unexpected{answered.error()};
    co_return true;
}

Task<Result<bool>> enter_video(Core* core, std::string credential) {
    auto context = co_await core->visits.live(std::move(credential), from_a_client);
    if (!context) co_return std::unexpected{context.error()};
    const auto entered = co_await core->enter_video(std::move(*context));
    if (!entered) co_return std::unexpected{entered.error()};
    co_return true;
}

Task<Result<domain::FallbackAdvice>> report_connection(Core* core, std::string credential, double kbps) {
    auto context = co_await core->visits.live(std::move(credential), from_a_client);
    if (!context) co_return std::unexpected{context.error()};
    co_return co_await core->report_connection(
        std::move(*context), {.rtt_ms = 40, .loss_pct = 0, .kbps = kbps, .media = domain::Mode::video});
}

Task<Result<bool>> give_whereabouts(Core* core, std::string credential, std::string where) {
    auto context = co_await core->visits.live(std::move(credential), from_a_client);
    if (!context) co_return std::unexpected{context.error()};
    application::GiveWhereabouts::Command order{.address = domain::Phi<std::string>{std::move(where)},
                                                .callback_number = domain::Phi<std::string>{"PHI~number"}};
    const auto given = co_await core->give_whereabouts(std::move(*context), std::move(order));
    if (!given) co_return std::unexpected{given.error()};
    co_return true;
}

Task<Result<bool>> leave(Core* core, std::string credential) {
    auto context = co_await core->visits.live(std::move(credential), from_a_client);
    if (!context) co_return std::unexpected{context.error()};
    const auto left = co_await core->leave(std::move(*context));
    if (!left) co_return std::unexpected{left.error()};
    co_return true;
}

Task<Result<bool>> open_stream(Core* core, std::string credential, std::string stream_id) {
    auto context = co_await core->visits.live(std::move(credential), from_a_client);
    if (!context) co_return std::unexpected{context.error()};
    const auto frames = co_await core->follow_visit.open(*context, std::nullopt, stream_id, core->replica());
    if (!frames) co_return std::unexpected{frames.error()};
    core->keep({.id = stream_id, .context = std::move(*context)});
    co_return true;
}

Task<Result<bool>> close_stream(Core* core, std::string credential, std::string stream_id) {
    auto context = co_await core->visits.live_or_lately_void(std::move(credential), from_a_client);
    core->forget(stream_id);
    if (!context) co_return std::unexpected{context.error()};
    const auto closed =
        co_await core->follow_visit.close(std::move(context->context), stream_id, core->now());
    if (!closed) co_return std::unexpected{closed.error()};
    co_return true;
}

}  // namespace vcare::simulation::requests
