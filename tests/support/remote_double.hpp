// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/certificates.hpp"

namespace vcare::support {

/// A request as a double got it. Names of headers in lower case.
struct Received {
    std::string method;
    std::string target;
    std::map<std::string, std::string> headers;
    std::string body;
    std::size_t connection = 0;  ///< the how-manieth one, from 1
};

/// What a double does when it has a request: the bytes as they go out, and then.
struct Reply {
    enum class Then : std::uint8_t {
        keep_open,  ///< for the next request
        close,
        reset,
        stall,  ///< stays open and says nothing more
    };
    std::string bytes = {};
    Then then = Then::keep_open;
};

/// A whole answer.
[[nodiscard]] Reply reply(int status, const std::string& body, const std::string& content_type,
                          const std::map<std::string, std::string>& headers = {});
[[nodiscard]] Reply json_reply(int status, const std::string& body,
                               const std::map<std::string, std::string>& headers = {});
/// The first bytes of a reply, `then` instead of the rest.
[[nodiscard]] Reply cut(const Reply& whole, std::size_t bytes, Reply::Then then);
/// Takes the request and never answers.
[[nodiscard]] Reply silence();

/// Plays an outside service on 127.0.0.1, well or badly, each connection in a thread of its own.
class RemoteDouble {
  public:
    /// Called in any thread, one request of a connection after the other.
    using Respond = std::function<Reply(const Received&)>;

    explicit RemoteDouble(Respond respond);
    /// Over TLS.
    RemoteDouble(Respond respond, const Certificate& certificate);
    ~RemoteDouble();
    RemoteDouble(const RemoteDouble&) = delete;
    RemoteDouble& operator=(const RemoteDouble&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    /// `http://127.0.0.1:<port>`, or https.
    [[nodiscard]] std::string url() const;

    /// Responds so from now on.
    void respond(Respond respond);
    /// Closes everything; connections are refused until `start`, on the same port.
    void stop();
    void start();

    [[nodiscard]] std::vector<Received> requests() const;
    /// How many connections there have been.
    [[nodiscard]] std::size_t connections() const;
    /// False when there have not been so many requests in time.
    [[nodiscard]] bool wait_for_requests(std::size_t count, std::chrono::milliseconds within) const;

  private:
    class Listener;
    std::unique_ptr<Listener> listener_;
};

}  // namespace vcare::support
