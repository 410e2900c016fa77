// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/http/byte_stream.hpp"
#include "adapters/http/loop.hpp"
#include "adapters/http/request_handler.hpp"
#include "adapters/http/request_reader.hpp"

namespace vcare::http {

/// One client's connection: reads requests one after the other, answers each in its turn, and ends or
/// becomes an event stream. Belongs to its loop.
class Connection final : private TickWheel::Entry {
  public:
    Connection(Loop& loop, RequestHandler& handler, std::unique_ptr<ByteStream> stream);
    ~Connection() override;

    /// Runs until the connection is over; owns it.
    [[nodiscard]] static Task<void> serve(std::unique_ptr<Connection> connection);

    /// Says that there are too many, and closes.
    [[nodiscard]] static Task<void> turn_away(std::unique_ptr<Connection> connection);

    void close_if_idle();
    void close();

  private:
    enum class Waiting : std::uint8_t { for_nothing, for_a_request, for_the_rest, for_the_client };

    [[nodiscard]] Task<bool> shake_hands();
    [[nodiscard]] Task<void> serve_requests();
    /// False when there is none, and the connection is over.
    [[nodiscard]] Task<bool> read_request();
    [[nodiscard]] Task<bool> read_more();
    [[nodiscard]] Task<Response> answer(Request request);
    [[nodiscard]] Task<bool> send(Response response, bool is_head, bool keeps_alive);
    [[nodiscard]] Task<void> send_refusal(domain::Error error);
    [[nodiscard]] Task<void> linger();
    [[nodiscard]] Task<void> say_goodbye();

    void wait(Waiting what, std::chrono::milliseconds at_most);
    void due() override;

    Loop& loop_;
    RequestHandler& handler_;
    std::unique_ptr<ByteStream> stream_;
    RequestReader reader_;
    Waiting waiting_ = Waiting::for_nothing;
    bool is_late_ = false;
    bool has_said_goodbye_ = false;
    bool is_closed_ = false;
};

}  // namespace vcare::http
