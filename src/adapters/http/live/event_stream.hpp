// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "adapters/http/byte_stream.hpp"
#include "adapters/http/loop.hpp"

namespace vcare::http {

/// A client's event stream (https://html.spec.whatwg.org/multipage/server-sent-events.html) once its head is
/// sent: what is left of the connection, as small as it can be. Frames may be queued before the connection
/// is attached. A comment line keeps it alive; a reader that falls too far behind is closed. Used on its
/// loop alone, and held by a shared pointer as long as an operation of its connection is under way.
class EventStream : public std::enable_shared_from_this<EventStream>, private TickWheel::Entry {
  public:
    /// The stream ends by itself at `expires_at`, when its bearer does.
    EventStream(Loop& loop, std::optional<domain::Instant> expires_at);
    ~EventStream() override;

    void attach(std::unique_ptr<ByteStream> stream);
    void send(std::string_view text);
    /// Sends what is queued, then ends.
    void finish();
    /// Ends now. Calls `ended` once.
    void end();
    [[nodiscard]] bool is_over() const { return is_over_ || is_finishing_; }

  protected:
    /// The stream is over; nothing of it is used any more.
    virtual void ended() {}
    [[nodiscard]] Loop& loop() { return loop_; }

  private:
    void due() override;
    void arm();
    void watch_for_the_end();
    void write();
    void say_goodbye();
    void note_written(boost::system::error_code error);

    Loop& loop_;
    std::unique_ptr<ByteStream> stream_;
    std::string queued_;
    std::string sending_;
    std::optional<domain::Instant> expires_at_;
    std::array<char, 16> ignored_{};
    unsigned ignored_reads_ = 0;
    bool is_finishing_ = false;
    bool is_leaving_ = false;  // everything is sent, and so is the word that this was all
    bool is_over_ = false;
};

/// One frame: `id` may be empty. `data` is one line, as JSON is.
[[nodiscard]] std::string to_frame(std::string_view id, std::string_view event, std::string_view data);

}  // namespace vcare::http
