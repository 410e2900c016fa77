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

/// A participant's call with its body, checked.
struct Spoken {
    VisitContext context;
    boost::json::object body;
};
Task<Result<Spoken>> begin_visit_call(Call call) {
    auto context = co_await authenticate_participant(call);
    if (!context) co_return std::unexpected{context.error()};
    if (const auto ok = check_parameters(*call); !ok) co_return std::unexpected{ok.error()};
    auto body = read_body(*call);
    if (!body) co_return std::unexpected{body.error()};
    co_return Spoken{*std::move(context), *std::move(body)};
}

Result<Response> empty_or(int status, const Result<void>& done) {
    if (!done) return std::unexpected{done.error()};
    return empty_response(status);
}

}  // namespace

Task<Result<Response>> get_visit(Call call) {
    auto context = co_await authenticate_participant(call);
    if (!context) co_return std::unexpected{context.error()};
    if (const auto ok = check_parameters(*call); !ok) co_return std::unexpected{ok.error()};
    const auto view = co_await call->use_cases().view_visit(*std::move(context));
    if (!view) co_return std::unexpected{view.error()};
    co_return json_response(200, json::encode_visit(*view));
}

Task<Result<Response>> answer_consent(Call call) {
    auto spoken = co_await begin_visit_call(call);
    if (!spoken) co_return std::unexpected{spoken.error()};
    auto choice = json::to_consent_choice(spoken->body);
    const auto consents =
        co_await call->use_cases().answer_consent(std::move(spoken->context), std::move(choice));
    if (!consents) co_return std::unexpected{consents.error()};
    co_return json_response(200, json::encode_consent_questions(*consents));
}

Task<Result<Response>> report_connection(Call call) {
    auto spoken = co_await begin_visit_call(call);
    if (!spoken) co_return std::unexpected{spoken.error()};
    const auto report = json::to_connection_report(spoken->body);
    const auto advice = co_await call->use_cases().report_connection(std::move(spoken->context), report);
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
    auto spoken = co_await begin_visit_call(call);
    if (!spoken) co_return std::unexpected{spoken.error()};
    auto command = json::to_signal(spoken->body);
    if (!command) co_return std::unexpected{command.error()};
    co_return empty_or(
        202, co_await call->use_cases().send_signal(std::move(spoken->context), *std::move(command)));
}

Task<Result<Response>> give_whereabouts(Call call) {
    auto spoken = co_await begin_visit_call(call);
    if (!spoken) co_return std::unexpected{spoken.error()};
    auto command = json::to_whereabouts(spoken->body);
    co_return empty_or(
        204, co_await call->use_cases().give_whereabouts(std::move(spoken->context), std::move(command)));
}

Task<Result<Response>> leave_visit(Call call) {
    auto spoken = co_await begin_visit_call(call);
    if (!spoken) co_return std::unexpected{spoken.error()};
    const auto participant = spoken->context.participant;
    auto response = empty_or(204, co_await call->use_cases().leave(std::move(spoken->context)));
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
    if (const auto ok = check_parameters(*call); !ok) co_return std::unexpected{ok.error()};
    const auto body = read_body(*call);
    if (!body) co_return std::unexpected{body.error()};
    auto command = json::to_feedback(*body);
    co_return empty_or(
        202, co_await call->use_cases().give_feedback(std::move(seat->context), std::move(command)));
}

Task<Result<Response>> report_device_check(Call call) {
    auto seat = co_await authenticate_seat(call);
    if (!seat) co_return std::unexpected{seat.error()};
    if (const auto ok = check_parameters(*call); !ok) co_return std::unexpected{ok.error()};
    const auto body = read_body(*call);
    if (!body) co_return std::unexpected{body.error()};
    auto check = json::to_device_check(*body, seat->participant);
    co_return empty_or(204, co_await call->use_cases().keep_device_check(
                                std::move(seat->scope), std::move(seat->participant), std::move(check)));
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
