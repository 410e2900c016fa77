// SPDX-License-Identifier: Apache-2.0
#include "application/live_frames.hpp"

#include <algorithm>
#include <charconv>

#include "application/ports/clock.hpp"
#include "application/ports/consent_store.hpp"
#include "application/ports/presence_store.hpp"

namespace vcare::application {
namespace {

using domain::EventType;
using domain::ParticipantId;

/// More missed events than this and a fresh `state` serves the page better than the whole tale.
constexpr unsigned max_resumed = 500;
/// How many missed events a feed takes up at once: few enough to wait for a slow reader's socket.
constexpr unsigned feed_page = 200;

std::string text_of(const domain::Event& event, std::string_view name) {
    return std::string{domain::text_of(event.data, name)};
}

bool is_about(const domain::Event& event, const ParticipantId& participant) {
    return text_of(event, "participantId") == participant.text();
}

std::optional<domain::SessionStatus> closing_status(EventType type) {
    switch (type) {
        case EventType::session_ended:
            return domain::SessionStatus::ended;
        case EventType::session_cancelled:
            return domain::SessionStatus::cancelled;
        case EventType::session_failed:
            return domain::SessionStatus::failed;
        default:
            return std::nullopt;
    }
}

std::string closing_reason(const domain::SessionData& session) {
    if (session.end_reason) return *session.end_reason;
    if (session.cancel_reason) return *session.cancel_reason;
    return session.failure_reason.value_or("");
}

bool is_after(const VisitFrame& frame, const StreamPosition& last) {
    return std::pair{frame.position, frame.ordinal} > std::pair{last.position, last.ordinal};
}

/// Why the event makes the credential void: its holder left, or a later join than its own made another one.
std::optional<std::string> voided_because(const PublishedEvent& published, const VisitContext& context) {
    const domain::Event& event = published.entry.event;
    if (!context.issued_at || !is_about(event, context.participant)) return std::nullopt;
    if (event.type == EventType::participant_joined && published.entry.at > *context.issued_at)
        return "moved";
    const bool is_leave =
        event.type == EventType::participant_disconnected && text_of(event, "reason") == "left";
    if (is_leave && published.entry.at >= *context.issued_at) return "left";
    return std::nullopt;
}

std::vector<VisitFrame> frames_for(const PublishedEvent& published, const VisitContext& context) {
    auto reason = voided_because(published, context);
    if (!reason) return frames_of(published, context.participant);
    return {{.position = published.position,
             .ordinal = 1,
             .data = RemovedFrame{context.participant, *std::move(reason)},
             .closes = true}};
}

}  // namespace

std::optional<StreamPosition> StreamPosition::parse(std::string_view text) {
    StreamPosition at;
    const auto dot = text.find('.');
    const char* const begin = std::to_address(text.begin());
    const char* const end = std::to_address(text.end());
    const char* const middle =
        dot == std::string_view::npos ? end : std::next(begin, static_cast<std::ptrdiff_t>(dot));
    const auto [stop, error] = std::from_chars(begin, middle, at.position);
    if (error != std::errc{} || stop != middle) return std::nullopt;
    if (middle == end) return at;
    const auto [stop2, error2] = std::from_chars(middle + 1, end, at.ordinal);
    if (error2 != std::errc{} || stop2 != end) return std::nullopt;
    return at;
}

std::string StreamPosition::to_text() const {
    return std::to_string(position) + "." + std::to_string(ordinal);
}

std::vector<VisitFrame> frames_of(const PublishedEvent& published, const ParticipantId& participant) {
    const domain::Event& event = published.entry.event;
    VisitFrame frame{.position = published.position, .ordinal = 1, .data = ModeFrame{}};
    const domain::Instant at = published.entry.at;
    const auto session = domain::SessionId::parse(event.session);
    if (!session) return {};
    if (const auto status = closing_status(event.type)) {
        frame.data = EndedFrame{*session, *status, text_of(event, "reason"), at};
        frame.closes = true;
        return {std::move(frame)};
    }
    if (event.type == EventType::participant_admitted && is_about(event, participant)) {
        frame.data = AdmittedFrame{*session, participant, at};
        return {std::move(frame)};
    }
    if (event.type == EventType::participant_removed && is_about(event, participant)) {
        frame.data = RemovedFrame{participant, text_of(event, "reason")};
        frame.closes = true;
        return {std::move(frame)};
    }
    if (event.type == EventType::session_mode_changed) {
        const auto mode = domain::parse_wire<domain::Mode>(text_of(event, "to"));
        frame.data = ModeFrame{mode.value_or(domain::Mode::video), text_of(event, "reason")};
        return {std::move(frame)};
    }
    return {};
}

FollowVisit::FollowVisit(const Services& services) : services_(services), desk_(services), view_(services) {
}

Task<Result<std::vector<VisitFrame>>> FollowVisit::open(VisitContext context,
                                                        std::optional<StreamPosition> last,
                                                        std::string stream_id, std::string replica) {
    const auto opened = co_await services_.presence.stream_opened(context.scope, context.session,
                                                                  context.participant, std::move(stream_id),
                                                                  std::move(replica), services_.clock.now());
    if (!opened) co_return std::unexpected{opened.error()};
    auto come_back = [id = context.participant](LoadedSession& loaded, UnitBuilder& unit) -> Result<void> {
        const domain::Participant* who = loaded.session.find(id);
        const bool is_back = who && who->status == domain::ParticipantStatus::disconnected && !who->left_at;
        return is_back ? loaded.session.come_back(id, unit.occasion()) : Result<void>{};
    };
    const auto loaded = co_await desk_.load(context.scope, context.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const domain::Participant* who = loaded->session.find(context.participant);
    if (who && who->status == domain::ParticipantStatus::disconnected) {
        const auto back = co_await desk_.change(context, "", std::move(come_back));
        if (!back) co_return std::unexpected{back.error()};
    }

    const auto newest = co_await services_.event_log.newest_position(context.scope);
    if (!newest) co_return std::unexpected{newest.error()};
    std::vector<VisitFrame> frames;
    if (last) {
        const std::uint64_t from =
            last->position > 0 ? last->position - 1 : 0;  // its frames may be half sent
        auto missed =
            co_await services_.event_log.events_after(context.scope, context.session, from, max_resumed);
        if (!missed && missed.error().code != ErrorCode::not_found) co_return std::unexpected{missed.error()};
        if (missed && missed->size() < max_resumed) {
            for (const PublishedEvent& event : *missed) {
                for (VisitFrame& frame : frames_for(event, context)) {
                    if (is_after(frame, *last)) frames.push_back(std::move(frame));
                }
            }
        }
    }
    const bool is_over = std::ranges::any_of(frames, &VisitFrame::closes);
    if (is_over) co_return frames;
    auto view = co_await view_(std::move(context));
    if (!view) co_return std::unexpected{view.error()};
    frames.push_back({.position = *newest, .ordinal = 2, .data = StateFrame{std::move(*view)}});
    co_return frames;
}

Task<Result<std::vector<VisitFrame>>> FollowVisit::follow(VisitContext context,
                                                          std::vector<PublishedEvent> events) {
    std::vector<VisitFrame> frames;
    if (events.empty()) co_return frames;
    for (const PublishedEvent& event : events) {
        for (VisitFrame& frame : frames_for(event, context)) {
            const bool closes = frame.closes;
            frames.push_back(std::move(frame));
            if (closes) co_return frames;
        }
    }
    auto view = co_await view_(std::move(context));
    if (!view) co_return std::unexpected{view.error()};
    frames.push_back(
        {.position = events.back().position, .ordinal = 2, .data = StateFrame{std::move(*view)}});
    co_return frames;
}

Task<Result<void>> FollowVisit::close(VisitContext context, std::string stream_id, domain::Instant at) {
    const auto config = co_await services_.tenants.load_config(context.scope);
    if (!config) co_return std::unexpected{config.error()};
    co_return co_await services_.presence.stream_closed(
        context.scope, context.session, context.participant, std::move(stream_id), at,
        at + std::min(domain::reload_allowance, config->config.grace_reconnect));
}

Task<Result<VisitFrame>> FollowVisit::last_word(VisitContext context) {
    const auto loaded = co_await desk_.load(context.scope, context.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const auto newest = co_await services_.event_log.newest_position(context.scope);
    if (!newest) co_return std::unexpected{newest.error()};
    VisitFrame frame{.position = *newest, .ordinal = 1, .data = ModeFrame{}, .closes = true};
    const domain::SessionData& session = loaded->session.data();
    const domain::Participant* who = loaded->session.find(context.participant);
    if (domain::is_terminal(session.status)) {
        const domain::Instant at = session.actual_end.value_or(session.updated_at);
        frame.data = EndedFrame{session.id, session.status, closing_reason(session), at};
    } else if (who && who->is_removed()) {
        frame.data = RemovedFrame{context.participant, who->removed_reason.value_or("removed")};
    } else {
        frame.data = RemovedFrame{context.participant, who && who->left_at ? "left" : "moved"};
    }
    co_return frame;
}

Task<Result<FollowClinic::Missed>> FollowClinic::open(StaffContext context,
                                                      std::optional<StreamPosition> last) {
    if (const auto may = domain::require(context.caller, domain::Scope::session_read); !may)
        co_return std::unexpected{may.error()};
    if (const auto noted = trail_.note(context, "feed.open"); !noted)
        co_return std::unexpected{noted.error()};
    Missed missed;
    std::uint64_t position = last ? last->position : 0;
    missed.is_all = !last.has_value();
    // Past what the caller may not see, until there is something to show or nothing left.
    while (!missed.is_all && missed.events.empty()) {
        auto page =
            co_await services_.event_log.events_after(context.scope, std::nullopt, position, feed_page);
        if (!page && page.error().code == ErrorCode::not_found) co_return Missed{};
        if (!page) co_return std::unexpected{page.error()};
        missed.is_all = page->size() < feed_page;
        if (!page->empty()) position = page->back().position;
        auto shown = co_await visible(context, std::move(*page));
        if (!shown) co_return std::unexpected{shown.error()};
        missed.events = std::move(*shown);
    }
    co_return missed;
}

Task<Result<std::vector<PublishedEvent>>> FollowClinic::visible(StaffContext context,
                                                                std::vector<PublishedEvent> events) {
    const bool sees_all = domain::reach_of(context.caller).whole_tenant;
    const bool reads_config = domain::require(context.caller, domain::Scope::config_read).has_value();
    std::vector<PublishedEvent> shown;
    std::map<std::string, bool> known;  // by session or patient: one look-up a batch
    for (PublishedEvent& published : events) {
        const domain::Event& event = published.entry.event;
        bool is_visible = sees_all;
        if (event.type == EventType::config_updated) {
            is_visible = reads_config;
        } else if (!sees_all) {
            const std::string key = event.session.empty() ? text_of(event, "patientId") : event.session;
            auto seen = known.find(key);
            if (seen == known.end()) {
                const auto in_reach = co_await is_in_reach(context, event);
                if (!in_reach) co_return std::unexpected{in_reach.error()};
                seen = known.emplace(key, *in_reach).first;
            }
            is_visible = seen->second;
        }
        if (is_visible) shown.push_back(std::move(published));
    }
    co_return shown;
}

/// A session's event: the session is in reach. A consent's: some open session of its patient is.
Task<Result<bool>> FollowClinic::is_in_reach(StaffContext context, domain::Event event) {
    if (const auto id = domain::SessionId::parse(event.session)) {
        const auto session = co_await services_.sessions.find_session(context.scope, *id);
        if (!session) co_return std::unexpected{session.error()};
        co_return *session&& domain::reaches(context.caller, **session);
    }
    const auto patient = domain::PatientId::parse(text_of(event, "patientId"));
    if (!patient) co_return false;
    const auto open = co_await services_.sessions.open_sessions_of(context.scope, *patient);
    if (!open) co_return std::unexpected{open.error()};
    co_return std::ranges::any_of(
        *open, [&](const auto& session) { return domain::reaches(context.caller, session); });
}

}  // namespace vcare::application
