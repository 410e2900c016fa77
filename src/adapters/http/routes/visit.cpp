// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>

#include "adapters/http/cookies.hpp"
#include "adapters/http/routes/routes.hpp"
#include "adapters/http/staff_route.hpp"
#include "adapters/json/command_codec.hpp"
#include "adapters/json/visit_codec.hpp"

namespace vcare::http::routes {
namespace {

using namespace application;

constexpr std::size_t max_test_bytes = std::size_t{1024} * 1024;

/// Bytes that no proxy can compress, from a small generator (xorshift): they are no secret.
std::string make_test_bytes() {
    std::string bytes(max_test_bytes, '\0');
    std::uint64_t state = 0x9e3779b97f4a7c15ULL;
    for (auto& byte : bytes) {
        state ^= state << 13U;
        state ^= state >> 7U;
        state ^= state << 17U;
        byte = static_cast<char>(state & 0xffU);
    }
    return bytes;
}

std::string_view test_bytes(std::size_t count) {
    static const std::string bytes = make_test_bytes();
    return std::string_view{bytes}.substr(0, count);
}

Result<Response> empty_or(int status, const Result<void>& done) {
    if (!done) return std::unexpected{done.error()};
    return empty_response(status);
}

template <int Status>
KeepAnswer<Done> keep_done(std::optional<IdempotencyKey> key) {
    return {.key = std::move(key), .render = [](const Done&) { return KeptAnswer{.status = Status}; }};
}

KeptAnswer render_questions(const AnswerConsent::Questions& questions) {
    return {.status = 200, .body = json::encode_consent_questions(questions)};
}

KeptAnswer render_advice(const domain::FallbackAdvice& advice) {
    return {.status = 200, .body = json::encode_advice(advice)};
}

/// A command whose caller is known: the answer kept under its key, or else its body, checked.
struct Command {
    std::optional<IdempotencyKey> key = {};
    Repeat repeat = {};
    boost::json::object body = {};
};
Task<Result<Command>> begin_command(Call call, domain::TenantScope scope, domain::ParticipantId caller) {
    auto key = idempotency_key_of(*call, caller.text());
    auto repeat = co_await find_repeat(call, std::move(scope), key);
    if (!repeat) co_return std::unexpected{repeat.error()};
    Command command{.key = std::move(key), .repeat = *std::move(repeat)};
    if (command.repeat.answer) co_return command;
    if (const auto ok = check_parameters(*call); !ok) co_return std::unexpected{ok.error()};
    auto body = read_body(*call);
    if (!body) co_return std::unexpected{body.error()};
    command.body = *std::move(body);
    co_return command;
}

/// A command may void its own caller's credential (`leave`, a withdrawal that ends the visit). Repeated under
/// its key it still gets its answer; anything else that comes with a void credential is refused.
struct SeatCommand {
    VisitContext context;
    Command command;
};
Task<Result<SeatCommand>> begin_seat_command(Call call) {
    auto context = co_await authenticate_participant(call);
    const bool may_be_repeated = call->request.headers.find("Idempotency-Key").has_value();
    if (!context && (context.error().code != domain::ErrorCode::unauthorized || !may_be_repeated))
        co_return std::unexpected{context.error()};
    if (context) {
        auto command = co_await begin_command(call, context->scope, context->participant);
        if (!command) co_return std::unexpected{command.error()};
        co_return SeatCommand{*std::move(context), *std::move(command)};
    }
    auto late = co_await authenticate_late_participant(call);
    if (!late) co_return std::unexpected{late.error()};
    auto key = idempotency_key_of(*call, late->context.participant.text());
    auto repeat = co_await find_repeat(call, late->context.scope, key);
    if (!repeat) co_return std::unexpected{repeat.error()};
    if (!repeat->answer) co_return std::unexpected{context.error()};
    Command command{.key = std::move(key), .repeat = *std::move(repeat)};
    co_return SeatCommand{std::move(late->context), std::move(command)};
}

}  // namespace

Task<Result<Response>> get_visit(Call call) {
    auto context = co_await authenticate_participant(call);
    if (!context) co_return std::unexpected{context.error()};
    if (const auto ok = check_parameters(*call); !ok) co_return std::unexpected{ok.error()};
    const auto view = co_await call->use_cases().view_visit(*context);
    if (!view) co_return std::unexpected{view.error()};
    const auto noted = call->use_cases().trail.note(*context, "visit.read", view->session.patient);
    if (!noted) co_return std::unexpected{noted.error()};
    co_return json_response(200, json::encode_visit(*view));
}

Task<Result<Response>> answer_consent(Call call) {
    auto begun = co_await begin_seat_command(call);
    if (!begun) co_return std::unexpected{begun.error()};
    auto& command = begun->command;
    if (command.repeat.answer) co_return *std::move(command.repeat.answer);
    auto choice = json::to_consent_choice(command.body);
    KeepAnswer<AnswerConsent::Questions> keep{.key = std::move(command.key), .render = render_questions};
    const auto questions = co_await call->use_cases().answer_consent(std::move(begun->context),
                                                                     std::move(choice), std::move(keep));
    if (!questions) co_return std::unexpected{questions.error()};
    co_return to_response(render_questions(*questions), {}, call->common.options);
}

Task<Result<Response>> report_connection(Call call) {
    auto begun = co_await begin_seat_command(call);
    if (!begun) co_return std::unexpected{begun.error()};
    auto& command = begun->command;
    if (command.repeat.answer) co_return *std::move(command.repeat.answer);
    const auto report = json::to_connection_report(command.body);
    KeepAnswer<domain::FallbackAdvice> keep{.key = std::move(command.key), .render = render_advice};
    const auto advice =
        co_await call->use_cases().report_connection(std::move(begun->context), report, std::move(keep));
    if (!advice) co_return std::unexpected{advice.error()};
    co_return json_response(200, json::encode_advice(*advice));
}

Task<Result<Response>> get_video(Call call) {
    auto context = co_await authenticate_participant(call);
    if (!context) co_return std::unexpected{context.error()};
    if (const auto ok = check_parameters(*call); !ok) co_return std::unexpected{ok.error()};
    const auto access = co_await call->use_cases().enter_video(*std::move(context));
    if (!access) co_return std::unexpected{access.error()};
    co_return json_response(200, json::encode_video_access(*access));
}

Task<Result<Response>> send_signal(Call call) {
    auto begun = co_await begin_seat_command(call);
    if (!begun) co_return std::unexpected{begun.error()};
    auto& command = begun->command;
    if (command.repeat.answer) co_return *std::move(command.repeat.answer);
    auto signal = json::to_signal(command.body);
    if (!signal) co_return std::unexpected{signal.error()};
    const auto sent = co_await call->use_cases().send_signal(std::move(begun->context), *std::move(signal),
                                                             keep_done<202>(std::move(command.key)));
    co_return empty_or(202, sent);
}

Task<Result<Response>> give_whereabouts(Call call) {
    auto begun = co_await begin_seat_command(call);
    if (!begun) co_return std::unexpected{begun.error()};
    auto& command = begun->command;
    if (command.repeat.answer) co_return *std::move(command.repeat.answer);
    auto whereabouts = json::to_whereabouts(command.body);
    const auto given = co_await call->use_cases().give_whereabouts(
        std::move(begun->context), std::move(whereabouts), keep_done<204>(std::move(command.key)));
    co_return empty_or(204, given);
}

Task<Result<Response>> leave_visit(Call call) {
    auto begun = co_await begin_seat_command(call);
    if (!begun) co_return std::unexpected{begun.error()};
    auto& command = begun->command;
    const auto participant = begun->context.participant;
    Result<void> left;
    if (!command.repeat.answer)
        left = co_await call->use_cases().leave(std::move(begun->context),
                                                keep_done<204>(std::move(command.key)));
    auto response = empty_or(204, left);
    if (response) {
        // The credential is void; the browser need not keep it.
        response->headers.add("Set-Cookie", to_set_cookie({.participant = participant,
                                                           .credential = "",
                                                           .max_age = domain::seconds{0},
                                                           .is_secure = call->common.is_https()}));
    }
    co_return response;
}

Task<Result<Response>> give_feedback(Call call) {
    auto seat = co_await authenticate_late_participant(call);
    if (!seat) co_return std::unexpected{seat.error()};
    auto command = co_await begin_command(call, seat->context.scope, seat->context.participant);
    if (!command) co_return std::unexpected{command.error()};
    if (command->repeat.answer) co_return *std::move(command->repeat.answer);
    auto feedback = json::to_feedback(command->body);
    const auto given = co_await call->use_cases().give_feedback(std::move(seat->context), std::move(feedback),
                                                                keep_done<202>(std::move(command->key)));
    co_return empty_or(202, given);
}

Task<Result<Response>> report_device_check(Call call) {
    auto seat = co_await authenticate_seat(call);
    if (!seat) co_return std::unexpected{seat.error()};
    auto command = co_await begin_command(call, seat->scope, seat->participant);
    if (!command) co_return std::unexpected{command.error()};
    if (command->repeat.answer) co_return *std::move(command->repeat.answer);
    auto check = json::to_device_check(command->body, seat->participant);
    const auto kept = co_await call->use_cases().keep_device_check(*std::move(seat), std::move(check),
                                                                   keep_done<204>(std::move(command->key)));
    co_return empty_or(204, kept);
}

Task<Result<Response>> download_network_test(Call call) {
    const auto seat = co_await authenticate_seat(call);
    if (!seat) co_return std::unexpected{seat.error()};
    if (const auto ok = check_parameters(*call); !ok) co_return std::unexpected{ok.error()};
    const auto* text = call->find_query("bytes");
    std::size_t count = 0;
    if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), count);
    Response response{200, "application/octet-stream", ""};
    response.lasting_body = test_bytes(count);
    co_return response;
}

Task<Result<Response>> upload_network_test(Call call) {
    const auto seat = co_await authenticate_seat(call);
    if (!seat) co_return std::unexpected{seat.error()};
    if (const auto ok = check_parameters(*call); !ok) co_return std::unexpected{ok.error()};
    const auto content_type = call->request.headers.find("Content-Type");
    if (!content_type || !equal_ignoring_case(*content_type, "application/octet-stream"))
        co_return domain::refuse(domain::ErrorCode::unsupported_media_type);
    co_return empty_response(204);
}

}  // namespace vcare::http::routes
