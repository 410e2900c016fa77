// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/routes/query.hpp"
#include "adapters/http/routes/routes.hpp"
#include "adapters/http/staff_route.hpp"
#include "adapters/json/visit_codec.hpp"
#include "application/ports/bearer_verifier.hpp"

namespace vcare::http::routes {
namespace {

/// What a void credential still gets: the one final frame, then the close.
Task<Result<Response>> last_word(Call call, application::VisitContext context) {
    const auto frame = co_await call->use_cases().follow_visit.last_word(std::move(context));
    if (!frame) co_return std::unexpected{frame.error()};
    const application::StreamPosition at{.position = frame->position, .ordinal = frame->ordinal};
    const auto text = json::encode_frame(*frame);
    Response last{200, "text/event-stream", to_frame(at.to_text(), text.event, text.data)};
    last.closes = true;
    co_return last;
}

}  // namespace

Task<Result<Response>> stream_events(Call call) {
    auto staff = co_await authenticate_staff(call);
    if (!staff) co_return std::unexpected{staff.error()};
    if (const auto ok = check_parameters(*call); !ok) {
        auto refusal = co_await first_refusal(call, staff->context, ok.error());
        co_return std::unexpected{std::move(refusal)};
    }
    const domain::Caller caller = staff->context.caller;
    LiveStreams::Feed feed{
        .context = std::move(staff->context), .expires_at = staff->expires_at, .sign_in = staff->sign_in};
    if (const auto* own_seat = call->find_query("visit")) {
        auto participant = domain::ParticipantId::parse(*own_seat);
        if (!participant) co_return domain::refuse(domain::ErrorCode::participant_not_found);
        auto seat = co_await call->use_cases().visit.own_seat(feed.context, *std::move(participant));
        if (!seat) co_return std::unexpected{seat.error()};
        feed.seat = *std::move(seat);
    }
    auto stream = co_await call->parts.streams.open_feed(std::move(feed), last_event_id(*call));
    if (!stream) co_return std::unexpected{stream.error()};
    // Since they were looked at, and before the stream could hear of that.
    if (call->common.services.bearers.is_barred(caller, staff->sign_in))
        co_return domain::refuse(domain::ErrorCode::token_invalid);
    co_return stream_response(*std::move(stream));
}

Task<Result<Response>> stream_visit(Call call) {
    auto seat = co_await authenticate_late_participant(call);
    if (!seat) co_return std::unexpected{seat.error()};
    if (const auto ok = check_parameters(*call); !ok) co_return std::unexpected{ok.error()};
    if (seat->voided_at) co_return co_await last_word(call, std::move(seat->context));
    if (const auto noted = call->use_cases().trail.note(seat->context, "visit_events.open"); !noted)
        co_return std::unexpected{noted.error()};
    auto stream = co_await call->parts.streams.open_visit(std::move(seat->context), last_event_id(*call));
    if (!stream) co_return std::unexpected{stream.error()};
    // Voided since it was looked at, and before the stream could hear of that: what happens from here on, it
    // hears of.
    auto still = co_await find_seat(call);
    if (!still) co_return std::unexpected{still.error()};
    if (still->voided_at) co_return co_await last_word(call, std::move(still->context));
    co_return stream_response(*std::move(stream));
}

}  // namespace vcare::http::routes
