// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/live/event_stream.hpp"

#include <algorithm>

namespace vcare::http {
namespace {

constexpr std::string_view heartbeat = ":\n\n";

// A client has nothing to say on an event stream; one that talks is closed.
constexpr unsigned max_ignored_reads = 64;

// How long a client has to answer that it has seen the end, where that is the custom (TLS).
constexpr std::chrono::seconds longest_goodbye{2};

/// Most streams are silent most of the time, and an emptied string would keep its memory.
void give_back(std::string& text) {
    std::string{}.swap(text);
}

}  // namespace

EventStream::EventStream(Loop& loop, std::optional<domain::Instant> expires_at)
    : loop_(loop), expires_at_(expires_at) {
}

EventStream::~EventStream() = default;

void EventStream::attach(std::unique_ptr<ByteStream> stream) {
    stream_ = std::move(stream);
    if (is_over_) return stream_->close();
    arm();
    watch_for_the_end();
    write();
}

void EventStream::send(std::string_view text) {
    if (is_over()) return;
    if (queued_.size() + text.size() > loop_.limits().max_stream_queue_bytes) {
        loop_.telemetry().log(application::Severity::warning, "live.slow_reader");
        return end();
    }
    queued_ += text;
    write();
}

void EventStream::finish() {
    if (is_over()) return;
    is_finishing_ = true;
    write();
}

void EventStream::end() {
    if (is_over_) return;
    is_over_ = true;
    disarm();
    if (stream_) stream_->close();
    give_back(queued_);
    ended();
}

void EventStream::arm() {
    auto delay = std::chrono::duration_cast<domain::milliseconds>(loop_.limits().between_heartbeats);
    if (expires_at_) delay = std::min(delay, *expires_at_ - loop_.clock().now());
    loop_.wheel().arm(*this, std::max(delay, domain::milliseconds{0}));
}

void EventStream::due() {
    const auto self = shared_from_this();
    if (is_leaving_) return end();
    if (expires_at_ && loop_.clock().now() >= *expires_at_) return finish();
    send(heartbeat);
    if (!is_over()) arm();
}

void EventStream::watch_for_the_end() {
    stream_->start_read(boost::asio::buffer(ignored_),
                        [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                            if (error || ++self->ignored_reads_ > max_ignored_reads) return self->end();
                            self->watch_for_the_end();
                        });
}

void EventStream::write() {
    const bool is_writing = !sending_.empty();
    if (!stream_ || is_over_ || is_writing) return;
    if (queued_.empty()) {
        if (is_finishing_) say_goodbye();
        return;
    }
    sending_ = std::exchange(queued_, {});
    stream_->start_write({boost::asio::buffer(sending_), {}},
                         [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                             self->note_written(error);
                         });
}

void EventStream::say_goodbye() {
    if (std::exchange(is_leaving_, true)) return;
    loop_.wheel().arm(*this, longest_goodbye);
    stream_->start_finish(
        [self = shared_from_this()](boost::system::error_code, std::size_t) { self->end(); });
}

void EventStream::note_written(boost::system::error_code error) {
    give_back(sending_);
    if (error) return end();
    write();
}

std::string to_frame(std::string_view id, std::string_view event, std::string_view data) {
    std::string text;
    text.reserve(id.size() + event.size() + data.size() + 32);
    if (!id.empty()) text.append("id: ").append(id).append("\n");
    text.append("event: ").append(event).append("\ndata: ").append(data).append("\n\n");
    return text;
}

}  // namespace vcare::http
