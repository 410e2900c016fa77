// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/live/live_streams.hpp"

#include <algorithm>
#include <deque>

#include <fmt/format.h>

#include "adapters/json/event_codec.hpp"
#include "adapters/json/visit_codec.hpp"

namespace vcare::http {

using application::PublishedEvent;
using application::StreamPosition;
using application::VisitContext;

namespace {

// Clients come back within this time after a drain, each at its own moment, so that the next replica is not
// overrun.
constexpr std::uint64_t min_retry_ms = 500;
constexpr std::uint64_t max_retry_ms = 5'000;

}  // namespace

/// One client: a seat in a visit, a staff feed, or both.
class LiveStreams::Stream final : public EventStream {
  public:
    Stream(LiveStreams& owner, std::string id, std::optional<VisitContext> seat_, std::unique_ptr<Feed> feed_)
        : EventStream(owner.loop_, feed_ ? std::optional{feed_->expires_at} : std::nullopt),
          stream_id(std::move(id)),
          seat(std::move(seat_)),
          feed(std::move(feed_)),
          owner_(owner) {
        owner_.add(*this);
    }

    const std::string stream_id;
    std::optional<VisitContext> seat;
    std::unique_ptr<Feed> feed;
    std::vector<PublishedEvent> backlog;  // what the stream was not told yet
    std::uint64_t position = 0;           // nothing up to here is told again
    bool is_seat_over = false;
    bool is_pumped = true;  // somebody takes from the backlog: at first whoever opens it

    /// What follows is caused by nobody's request: it need not be kept for as long as the stream is open.
    void forget_request() {
        if (seat) static_cast<void>(std::exchange(seat->request, {}));
        if (!feed) return;
        static_cast<void>(std::exchange(feed->context.request, {}));
        feed->seat.reset();
    }
    void send_event(const PublishedEvent& event) {
        const auto type = domain::to_wire(event.entry.event.type);
        const StreamPosition at{.position = event.position, .ordinal = 0};
        send(to_frame(at.to_text(), type,
                      json::encode_cloud_event(event.tenant, event.entry, owner_.options_.event_source)));
        position = std::max(position, event.position);
    }
    void send_frame(const application::VisitFrame& frame) {
        const StreamPosition at{.position = frame.position, .ordinal = frame.ordinal};
        send_text(at.to_text(), json::encode_frame(frame));
        position = std::max(position, frame.position);
        if (!frame.closes) return;
        is_seat_over = true;
        if (!feed) finish();  // a feed goes on when one visit is over
    }
    void send_text(std::string_view id, const json::FrameText& frame) {
        if (feed) {
            send(to_frame(id, "visit", json::wrap_frame(seat->participant, frame)));
        } else {
            send(to_frame(id, frame.event, frame.data));
        }
    }

  private:
    void ended() override {
        owner_.remove(*this);
        if (seat) owner_.closings_.add(*seat, stream_id);
    }
    LiveStreams& owner_;
};

/// Ends the stream when its connection never came.
class LiveStreams::Opening final : public StreamOpening {
  public:
    explicit Opening(StreamPtr stream) : stream_(std::move(stream)) {}
    ~Opening() override {
        if (stream_) stream_->end();
    }
    void open(std::unique_ptr<ByteStream> stream) override {
        std::exchange(stream_, nullptr)->attach(std::move(stream));
    }

  private:
    StreamPtr stream_;
};

LiveStreams::LiveStreams(Loop& loop, UseCases& use_cases, const ServerOptions& options,
                         std::atomic<std::int64_t>& count)
    : loop_(loop),
      use_cases_(use_cases),
      options_(options),
      count_(count),
      name_(fmt::format("{}-{}", options.replica, loop.number())),
      closings_(loop, use_cases.follow_visit) {
}

LiveStreams::~LiveStreams() = default;

void LiveStreams::add(Stream& stream) {
    all_.insert(&stream);
    if (stream.seat) by_session_[stream.seat->session.text()].insert(&stream);
    if (stream.feed) by_tenant_[stream.feed->context.scope.tenant().text()].insert(&stream);
    loop_.telemetry().gauge(application::Metric::live_streams, static_cast<double>(++count_));
}

void LiveStreams::remove(Stream& stream) {
    const auto forget = [&stream](Followers& followers, const std::string& key) {
        const auto found = followers.find(key);
        if (found == followers.end()) return;
        found->second.erase(&stream);
        if (found->second.empty()) followers.erase(found);
    };
    all_.erase(&stream);
    if (stream.seat) forget(by_session_, stream.seat->session.text());
    if (stream.feed) forget(by_tenant_, stream.feed->context.scope.tenant().text());
    loop_.telemetry().gauge(application::Metric::live_streams, static_cast<double>(--count_));
}

Task<Result<std::unique_ptr<StreamOpening>>> LiveStreams::open_visit(VisitContext context,
                                                                     std::optional<StreamPosition> last) {
    auto stream = std::make_shared<Stream>(*this, next_stream_id(), std::move(context), nullptr);
    co_return co_await open(std::move(stream), last);
}

Task<Result<std::unique_ptr<StreamOpening>>> LiveStreams::open_feed(Feed feed,
                                                                    std::optional<StreamPosition> last) {
    auto seat = feed.seat;
    auto stream = std::make_shared<Stream>(*this, next_stream_id(), std::move(seat),
                                           std::make_unique<Feed>(std::move(feed)));
    co_return co_await open(std::move(stream), last);
}

/// The stream follows already when it catches up, so that nothing falls between the two.
Task<Result<std::unique_ptr<StreamOpening>>> LiveStreams::open(StreamPtr stream,
                                                               std::optional<StreamPosition> last) {
    if (const auto done = co_await catch_up(stream, last); !done) {
        stream->end();
        co_return std::unexpected{done.error()};
    }
    stream->forget_request();
    loop_.tasks().spawn(pump(stream));
    co_return std::make_unique<Opening>(std::move(stream));
}

Task<Result<void>> LiveStreams::catch_up(StreamPtr stream, std::optional<StreamPosition> last) {
    std::vector<application::VisitFrame> frames;
    if (stream->seat) {
        auto told =
            co_await use_cases_.follow_visit.open(*stream->seat, last, stream->stream_id, options_.replica);
        if (!told) co_return std::unexpected{told.error()};
        frames = *std::move(told);
    }
    application::FollowClinic::Missed missed;
    if (stream->feed) {
        auto events = co_await use_cases_.follow_clinic.open(stream->feed->context, last);
        if (!events) co_return std::unexpected{events.error()};
        missed = *std::move(events);
    }
    // In the order of their positions, an event before the frames that it means: whatever is the last id
    // that arrives, what stands behind it is what is missing.
    const auto seat_told_up_to = frames.empty() ? stream->position : frames.back().position;
    auto frame = frames.begin();
    for (auto& event : missed.events) {
        while (frame != frames.end() && frame->position < event.position) stream->send_frame(*frame++);
        stream->send_event(event);
        // Published since the seat was asked.
        if (event.position <= seat_told_up_to) continue;
        if (const auto done = co_await tell_seat(stream, std::move(event)); !done) co_return done;
    }
    if (!missed.is_all) {
        stream->finish();  // it comes back for the rest
        co_return Result<void>{};
    }
    while (frame != frames.end()) stream->send_frame(*frame++);
    co_return Result<void>{};
}

std::vector<LiveStreams::StreamPtr> LiveStreams::followers_of(const Followers& followers,
                                                              const std::string& key) {
    std::vector<StreamPtr> streams;
    const auto found = followers.find(key);
    if (found == followers.end()) return streams;
    streams.reserve(found->second.size());
    for (auto* stream : found->second)
        streams.push_back(std::static_pointer_cast<Stream>(stream->shared_from_this()));
    return streams;
}

void LiveStreams::deliver(const Announcement& announcement) {
    std::unordered_map<std::string, std::vector<PublishedEvent>> of_session;
    std::unordered_map<std::string, std::vector<PublishedEvent>> of_tenant;
    for (const auto& event : *announcement) {
        const auto& session = event.entry.event.session;
        if (by_session_.contains(session)) of_session[session].push_back(event);
        if (by_tenant_.contains(event.tenant.text())) of_tenant[event.tenant.text()].push_back(event);
    }
    for (const auto& [tenant, events] : of_tenant) {
        for (const auto& stream : followers_of(by_tenant_, tenant)) queue(stream, events);
    }
    for (const auto& [session, events] : of_session) {
        for (const auto& stream : followers_of(by_session_, session)) {
            if (!stream->feed) queue(stream, events);  // a feed has the events of its tenant already
        }
    }
}

void LiveStreams::queue(const StreamPtr& stream, const std::vector<PublishedEvent>& events) {
    if (stream->is_over()) return;
    if (stream->backlog.size() + events.size() > loop_.limits().max_stream_backlog) {
        stream->end();  // it comes back and resumes
        return;
    }
    stream->backlog.insert(stream->backlog.end(), events.begin(), events.end());
    if (stream->is_pumped) return;
    stream->is_pumped = true;
    loop_.tasks().spawn(pump(stream));
}

Task<void> LiveStreams::pump(StreamPtr stream) {
    while (!stream->is_over() && !stream->backlog.empty()) {
        auto events = std::exchange(stream->backlog, {});
        std::erase_if(events, [&](const auto& event) { return event.position <= stream->position; });
        if (events.empty()) continue;
        const auto told = co_await tell(stream, std::move(events));
        if (!told) stream->end();  // the client comes back and resumes when it can be told again
    }
    stream->is_pumped = false;
}

Task<Result<void>> LiveStreams::tell(StreamPtr stream, std::vector<PublishedEvent> events) {
    if (!stream->feed) {
        auto frames = co_await use_cases_.follow_visit.follow(*stream->seat, std::move(events));
        if (!frames) co_return std::unexpected{frames.error()};
        for (const auto& frame : *frames) stream->send_frame(frame);
        co_return Result<void>{};
    }
    auto shown = co_await use_cases_.follow_clinic.visible(stream->feed->context, events);
    if (!shown) co_return std::unexpected{shown.error()};
    auto next = shown->begin();
    for (auto& event : events) {
        const bool is_shown = next != shown->end() && next->position == event.position;
        if (is_shown) stream->send_event(*next++);
        if (const auto done = co_await tell_seat(stream, std::move(event)); !done) co_return done;
    }
    co_return Result<void>{};
}

/// The frames that an event means for the seat of a staff feed.
Task<Result<void>> LiveStreams::tell_seat(StreamPtr stream, PublishedEvent event) {
    const bool is_of_the_seat = stream->seat && event.entry.event.session == stream->seat->session.text();
    if (!is_of_the_seat || stream->is_seat_over) co_return Result<void>{};
    std::vector<PublishedEvent> events;
    events.push_back(std::move(event));
    auto frames = co_await use_cases_.follow_visit.follow(*stream->seat, std::move(events));
    if (!frames) co_return std::unexpected{frames.error()};
    for (const auto& frame : *frames) stream->send_frame(frame);
    co_return Result<void>{};
}

void LiveStreams::deliver(const application::Signal& signal) {
    const auto frame = json::encode_signal(signal);
    for (const auto& stream : followers_of(by_session_, signal.session.text())) {
        if (stream->seat->participant == signal.to) stream->send_text("", frame);
    }
}

void LiveStreams::bar(const domain::BarredUser& barred) {
    for (const auto& stream : followers_of(by_tenant_, barred.tenant.text())) {
        const bool is_theirs = stream->feed->context.caller.user == barred.user;
        if (is_theirs && domain::is_void(stream->feed->sign_in, barred)) stream->finish();
    }
}

std::vector<LiveStreams::StreamPtr> LiveStreams::everyone() {
    std::vector<StreamPtr> streams;
    streams.reserve(all_.size());
    for (auto* stream : all_) streams.push_back(std::static_pointer_cast<Stream>(stream->shared_from_this()));
    return streams;
}

void LiveStreams::drain() {
    for (const auto& stream : everyone()) {
        const auto jitter = std::hash<std::string>{}(stream->stream_id) % (max_retry_ms - min_retry_ms);
        stream->send(fmt::format("retry: {}\n\n", min_retry_ms + jitter));
        stream->finish();
    }
}

void LiveStreams::end_all() {
    closings_.hurry();
    for (const auto& stream : everyone()) stream->end();
}

std::string LiveStreams::next_stream_id() {
    return fmt::format("{}-{}", name_, ++last_stream_);
}

}  // namespace vcare::http
