// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/http_client.hpp"

#include <atomic>

#include <boost/asio/this_coro.hpp>

#include "adapters/http_client/connect.hpp"
#include "adapters/http_client/connection_pool.hpp"
#include "adapters/http_client/request_writer.hpp"
#include "adapters/http_client/response_reader.hpp"
#include "adapters/http_client/tls_connector.hpp"
#include "adapters/http_client/watchdog.hpp"

namespace vcare::http_client {
namespace {

namespace asio = boost::asio;
using Answer = std::expected<Response, Failure>;

constexpr std::size_t read_bytes = std::size_t{16} * 1024;

/// What to send, and how to read what comes back.
struct Exchange {
    std::string wire;
    Deadline deadline;
    bool asks_for_head_only = false;
};

/// Tells the clients of a process apart.
std::uint64_t next_number() {
    static std::atomic<std::uint64_t> last = 0;
    return ++last;
}

class AsioHttpClient final : public HttpClient {
  public:
    explicit AsioHttpClient(const HttpClientSettings& settings)
        : tls_(make_tls_connector(settings.ca_file)),
          limits_{.max_head_bytes = settings.max_head_bytes, .max_body_bytes = settings.max_body_bytes},
          kept_{.max_calls = settings.max_calls,
                .max_idle = settings.max_idle,
                .idle_limit = settings.idle_limit} {}

    Task<Answer> send(Request request, Deadline deadline) override {
        auto wire = write_request(request);
        if (!wire) co_return std::unexpected{Failure::not_http};
        ConnectionPool& pool = ConnectionPool::of(co_await asio::this_coro::executor);
        const auto place = pool.enter({number_, request.url.origin()}, kept_);
        if (!place) co_return std::unexpected{Failure::refused};

        const bool asks_only = request.method == "GET" || request.method == "HEAD";
        const Exchange exchange{
            .wire = std::move(*wire), .deadline = deadline, .asks_for_head_only = request.method == "HEAD"};
        if (auto kept = place->take()) {
            auto answer = co_await perform(exchange, std::move(kept), place.get());
            // The server may have closed it at the very moment; it then never saw the request.
            const bool is_stale = !answer && answer.error() == Failure::reset;
            const bool may_repeat = request.repeatable || asks_only;
            if (!is_stale || !may_repeat || co_await is_cancelled()) co_return answer;
        }
        auto fresh = co_await open(request.url, deadline);
        if (!fresh) co_return std::unexpected{fresh.error()};
        co_return co_await perform(exchange, std::move(*fresh), place.get());
    }

  private:
    static Task<bool> is_cancelled() {
        const auto state = co_await asio::this_coro::cancellation_state;
        co_return state.cancelled() != asio::cancellation_type::none;
    }

    /// A connection of its own, ready for the first request.
    Task<std::expected<std::unique_ptr<Stream>, Failure>> open(Url url, Deadline deadline) {
        auto socket = co_await connect(url.host(), url.port(), deadline);
        if (!socket) co_return std::unexpected{socket.error()};
        const asio::any_io_executor executor = socket->get_executor();
        auto stream = url.is_secure() ? tls_->wrap(std::move(*socket), url.host())
                                      : make_plain_stream(std::move(*socket));
        const Watchdog watchdog{executor, deadline, [open = stream.get()] { open->close(); }};
        const auto shaken = co_await stream->handshake();
        if (watchdog.is_over()) co_return std::unexpected{Failure::timed_out};
        if (shaken.error) co_return std::unexpected{stream->why_not_shaken()};
        co_return std::move(stream);
    }

    /// Sends and reads on this connection, and keeps it for the next if that can be.
    Task<Answer> perform(Exchange exchange, std::unique_ptr<Stream> stream, ConnectionPool::Place* place) {
        ResponseReader reader{limits_, exchange.asks_for_head_only};
        {
            const Watchdog watchdog{co_await asio::this_coro::executor, exchange.deadline,
                                    [open = stream.get()] { open->close(); }};
            // A server that has had enough answers before it took everything: its answer counts.
            static_cast<void>(co_await stream->write(asio::buffer(exchange.wire)));
            std::string bytes(read_bytes, '\0');
            auto step = ResponseReader::Step::need_bytes;
            while (step == ResponseReader::Step::need_bytes) {
                const auto read = co_await stream->read_some(asio::buffer(bytes));
                if (watchdog.is_over()) co_return std::unexpected{Failure::timed_out};
                if (!read.error) {
                    step = reader.take(std::string_view{bytes}.substr(0, read.size));
                } else {
                    step = read.error == asio::error::eof ? reader.end() : reader.broke();
                }
            }
            if (step == ResponseReader::Step::failed) co_return std::unexpected{reader.failure()};
        }
        if (reader.leaves_connection_usable()) place->keep(std::move(stream));
        co_return reader.take_response();
    }

    const std::unique_ptr<TlsConnector> tls_;
    const ResponseReader::Limits limits_;
    const ConnectionPool::Limits kept_;
    const std::uint64_t number_ = next_number();
};

}  // namespace

std::string_view word_of_status(int status) {
    if (status < 300) return "success";
    if (status == 401 || status == 403) return "not_allowed";
    if (status == 404) return "not_found";
    return status < 500 ? "client_error" : "server_error";
}

std::string_view word_of(Failure failure) {
    switch (failure) {
        case Failure::refused:
            return "refused";
        case Failure::timed_out:
            return "timed_out";
        case Failure::reset:
            return "reset";
        case Failure::half_answer:
            return "half_answer";
        case Failure::not_http:
            return "not_http";
        case Failure::too_large:
            return "too_large";
        case Failure::tls:
            return "tls";
        case Failure::certificate_unknown_authority:
            return "certificate_unknown_authority";
        case Failure::certificate_wrong_host:
            return "certificate_wrong_host";
        case Failure::certificate_expired:
            return "certificate_expired";
    }
    return "";
}

std::unique_ptr<HttpClient> make_http_client(HttpClientSettings settings) {
    return std::make_unique<AsioHttpClient>(settings);
}

}  // namespace vcare::http_client
