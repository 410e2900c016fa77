// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "adapters/http/paths.hpp"
#include "adapters/http/routes/query.hpp"
#include "adapters/http/routes/routes.hpp"
#include "adapters/http/staff_route.hpp"
#include "adapters/json/command_codec.hpp"
#include "adapters/json/session_codec.hpp"
#include "adapters/json/visit_codec.hpp"

namespace vcare::http::routes {
namespace {

using boost::json::object;
using domain::SessionData;
using namespace application;

KeptAnswer render_session(const Exchange&, const SessionData& session) {
    return {.status = 200, .etag = etag_of(session.version), .body = json::encode_session(session)};
}

KeptAnswer render_created(const Exchange&, const SessionData& session) {
    return {.status = 201,
            .location = fmt::format("{}/sessions/{}", base_path, session.id.text()),
            .etag = etag_of(session.version),
            .body = json::encode_session(session)};
}

KeptAnswer render_added(const Exchange&, const AddParticipant::Added& added) {
    const auto& people = added.session.participants;
    const auto person = std::ranges::find(people, added.participant, &domain::Participant::id);
    return {.status = 201,
            .location = fmt::format("{}/sessions/{}/participants/{}", base_path, added.session.id.text(),
                                    added.participant.text()),
            .etag = etag_of(added.session.version),
            .body = person == people.end() ? "{}" : json::encode_participant(*person)};
}

KeptAnswer render_issued(const Exchange&, const IssueJoinToken::Issued& issued) {
    return {.status = 200, .body = json::encode_join_window(issued.link.window), .secret_of = issued.jti};
}

KeptAnswer render_staff_joined(const Exchange&, const Joined& joined) {
    return {.status = 200, .body = json::encode_staff_joined(joined), .secret_of = joined.participant.text()};
}

Result<CreateSession::Command> decode_create(const Exchange&, const object& body) {
    return json::to_create_session(body);
}

/// A command that names a session and may name its version.
template <class Command>
using ToCommand = Result<Command> (*)(const object&, domain::SessionId, std::optional<std::uint64_t>);

template <class Command, ToCommand<Command> to_command>
Result<Command> decode_on_session(const Exchange& exchange, const object& body) {
    auto session = session_in_path(exchange);
    if (!session) return std::unexpected{session.error()};
    const auto version = version_of(exchange, body);
    if (!version) return std::unexpected{version.error()};
    return to_command(body, *std::move(session), *version);
}

struct Place {
    domain::SessionId session;
    domain::ParticipantId participant;
};
Result<Place> place_of(const Exchange& exchange) {
    auto session = session_in_path(exchange);
    if (!session) return std::unexpected{session.error()};
    auto participant = participant_in_path(exchange);
    if (!participant) return std::unexpected{participant.error()};
    return Place{*std::move(session), *std::move(participant)};
}

Result<IssueJoinToken::Command> decode_issue(const Exchange& exchange, const object& body) {
    auto place = place_of(exchange);
    if (!place) return std::unexpected{place.error()};
    return IssueJoinToken::Command{
        .session = place->session, .participant = place->participant, .ttl = json::to_ttl(body)};
}

Result<JoinAsStaff::Command> decode_join(const Exchange& exchange, const object&) {
    auto place = place_of(exchange);
    if (!place) return std::unexpected{place.error()};
    return JoinAsStaff::Command{.session = place->session, .participant = place->participant};
}

Result<AdmitParticipant::Command> decode_admit(const Exchange& exchange, const object& body) {
    auto place = place_of(exchange);
    if (!place) return std::unexpected{place.error()};
    const auto version = required_version_of(exchange, body);
    if (!version) return std::unexpected{version.error()};
    return AdmitParticipant::Command{.session = place->session,
                                     .participant = place->participant,
                                     .version = *version,
                                     .with_linked = json::with_linked(body)};
}

Result<RemoveParticipant::Command> decode_remove(const Exchange& exchange, const object& body) {
    auto place = place_of(exchange);
    if (!place) return std::unexpected{place.error()};
    const auto version = version_of(exchange, body);
    if (!version) return std::unexpected{version.error()};
    return RemoveParticipant::Command{.session = place->session,
                                      .participant = place->participant,
                                      .version = *version,
                                      .reason = json::to_reason(body).value_or("")};
}

Result<EndSession::Command> decode_end(const Exchange& exchange, const object& body) {
    auto session = session_in_path(exchange);
    if (!session) return std::unexpected{session.error()};
    const auto version = required_version_of(exchange, body);
    if (!version) return std::unexpected{version.error()};
    return EndSession::Command{.session = *std::move(session),
                               .version = *version,
                               .reason = json::to_reason(body).value_or("completed")};
}

Result<CancelSession::Command> decode_cancel(const Exchange& exchange, const object& body) {
    auto session = session_in_path(exchange);
    if (!session) return std::unexpected{session.error()};
    const auto version = required_version_of(exchange, body);
    if (!version) return std::unexpected{version.error()};
    return CancelSession::Command{
        .session = *std::move(session), .version = *version, .reason = json::to_reason(body).value_or("")};
}

Result<RetryEncounter::Command> decode_retry(const Exchange& exchange, const object&) {
    auto session = session_in_path(exchange);
    if (!session) return std::unexpected{session.error()};
    return RetryEncounter::Command{.session = *std::move(session)};
}

struct SessionRead {
    StaffContext context;
    domain::SessionId session;
};
Task<Result<SessionRead>> begin_session_read(Call call) {
    auto context = co_await begin_read(call);
    if (!context) co_return std::unexpected{context.error()};
    auto session = session_in_path(*call);
    if (session) co_return SessionRead{*std::move(context), *std::move(session)};
    auto refusal = co_await first_refusal(call, *std::move(context), session.error());
    co_return std::unexpected{std::move(refusal)};
}

/// Runs the use case that is this member.
template <auto use_case, class Command, class Answer>
Task<Result<Answer>> run(Call call, StaffContext context, Command command, KeepAnswer<Answer> keep) {
    co_return co_await (call->use_cases().*use_case)(std::move(context), std::move(command), std::move(keep));
}

/// A command on a session that does nothing outside its unit of work.
template <auto use_case, class Command>
Task<Result<Response>> change_session(Call call, Result<Command> (*decode)(const Exchange&, const object&)) {
    return run_staff_route<Command, SessionData>(std::move(call), {.decode = decode,
                                                                   .run = run<use_case, Command, SessionData>,
                                                                   .render = render_session,
                                                                   .looks = LooksForKept::after_a_try});
}

}  // namespace

Task<Result<Response>> create_session(Call call) {
    using Command = CreateSession::Command;
    return run_staff_route<Command, SessionData>(std::move(call),
                                                 {.decode = decode_create,
                                                  .run = run<&UseCases::create_session, Command, SessionData>,
                                                  .render = render_created,
                                                  .looks = LooksForKept::after_a_try});
}

Task<Result<Response>> add_participant(Call call) {
    using Command = AddParticipant::Command;
    return run_staff_route<Command, AddParticipant::Added>(
        std::move(call), {decode_on_session<Command, json::to_add_participant>,
                          run<&UseCases::add_participant, Command, AddParticipant::Added>, render_added});
}

Task<Result<Response>> issue_join_token(Call call) {
    using Command = IssueJoinToken::Command;
    using Issued = IssueJoinToken::Issued;
    return run_staff_route<Command, Issued>(
        std::move(call),
        {decode_issue, run<&UseCases::issue_join_token, Command, Issued>, render_issued,
         [](const Issued& issued) { return Secrets{.token = issued.link.token, .code = issued.link.code}; }});
}

Task<Result<Response>> join_as_staff(Call call) {
    using Command = JoinAsStaff::Command;
    return run_staff_route<Command, Joined>(
        std::move(call), {decode_join, run<&UseCases::join_as_staff, Command, Joined>, render_staff_joined,
                          [](const Joined& joined) { return Secrets{.credential = joined.credential}; }});
}

Task<Result<Response>> admit_participant(Call call) {
    return change_session<&UseCases::admit, AdmitParticipant::Command>(std::move(call), decode_admit);
}

Task<Result<Response>> remove_participant(Call call) {
    return change_session<&UseCases::remove_participant, RemoveParticipant::Command>(std::move(call),
                                                                                     decode_remove);
}

Task<Result<Response>> reschedule_session(Call call) {
    return change_session<&UseCases::reschedule, RescheduleSession::Command>(
        std::move(call), decode_on_session<RescheduleSession::Command, json::to_reschedule>);
}

Task<Result<Response>> end_session(Call call) {
    return change_session<&UseCases::end, EndSession::Command>(std::move(call), decode_end);
}

Task<Result<Response>> cancel_session(Call call) {
    return change_session<&UseCases::cancel, CancelSession::Command>(std::move(call), decode_cancel);
}

Task<Result<Response>> change_mode(Call call) {
    return change_session<&UseCases::fall_back, FallBack::Command>(
        std::move(call), decode_on_session<FallBack::Command, json::to_fall_back>);
}

Task<Result<Response>> retry_encounter(Call call) {
    return change_session<&UseCases::retry_encounter, RetryEncounter::Command>(std::move(call), decode_retry);
}

Task<Result<Response>> list_sessions(Call call) {
    auto context = co_await begin_read(call);
    if (!context) co_return std::unexpected{context.error()};
    auto query = to_session_query(*call);
    if (!query) co_return std::unexpected{query.error()};
    const auto page = co_await call->use_cases().read_sessions.list(*std::move(context), *std::move(query));
    if (!page) co_return std::unexpected{page.error()};
    co_return json_response(200, json::encode_session_page(*page));
}

Task<Result<Response>> get_session(Call call) {
    auto read = co_await begin_session_read(call);
    if (!read) co_return std::unexpected{read.error()};
    const auto view =
        co_await call->use_cases().read_sessions.one(std::move(read->context), std::move(read->session));
    if (!view) co_return std::unexpected{view.error()};
    auto response = json_response(200, json::encode_session(*view));
    response.headers.add("ETag", etag_of(view->session.version));
    co_return response;
}

Task<Result<Response>> list_participants(Call call) {
    auto read = co_await begin_session_read(call);
    if (!read) co_return std::unexpected{read.error()};
    const auto view =
        co_await call->use_cases().read_sessions.one(std::move(read->context), std::move(read->session));
    if (!view) co_return std::unexpected{view.error()};
    co_return json_response(200, json::encode_participants(view->session));
}

Task<Result<Response>> get_timeline(Call call) {
    auto read = co_await begin_session_read(call);
    if (!read) co_return std::unexpected{read.error()};
    const auto items =
        co_await call->use_cases().read_sessions.timeline(std::move(read->context), std::move(read->session));
    if (!items) co_return std::unexpected{items.error()};
    co_return json_response(200, json::encode_timeline(*items));
}

Task<Result<Response>> get_preparation(Call call) {
    auto read = co_await begin_session_read(call);
    if (!read) co_return std::unexpected{read.error()};
    const auto found = co_await call->use_cases().read_sessions.preparation(std::move(read->context),
                                                                            std::move(read->session));
    if (!found) co_return std::unexpected{found.error()};
    co_return json_response(200, json::encode_preparation(*found));
}

Task<Result<Response>> get_encounter(Call call) {
    auto read = co_await begin_session_read(call);
    if (!read) co_return std::unexpected{read.error()};
    const auto encounter = co_await call->use_cases().read_sessions.encounter(std::move(read->context),
                                                                              std::move(read->session));
    if (!encounter) co_return std::unexpected{encounter.error()};
    const auto& encode = call->common.options.encode_encounter;
    if (!encode) co_return domain::refuse(domain::ErrorCode::not_found);
    co_return Response{200, "application/fhir+json", encode(*encounter)};
}

Task<Result<Response>> list_waiting_room(Call call) {
    auto context = co_await begin_read(call);
    if (!context) co_return std::unexpected{context.error()};
    const auto entries = co_await call->use_cases().read_sessions.waiting_room(*std::move(context));
    if (!entries) co_return std::unexpected{entries.error()};
    co_return json_response(200, json::encode_waiting_room(*entries, call->common.services.clock.now()));
}

Task<Result<Response>> list_waiting_appointments(Call call) {
    auto context = co_await begin_read(call);
    if (!context) co_return std::unexpected{context.error()};
    const auto waiting = co_await call->use_cases().read_sessions.waiting_appointments(*std::move(context));
    if (!waiting) co_return std::unexpected{waiting.error()};
    co_return json_response(200, json::encode_waiting_appointments(*waiting));
}

}  // namespace vcare::http::routes
