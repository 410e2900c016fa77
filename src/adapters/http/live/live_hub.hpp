// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <vector>

#include "adapters/http/live/live_streams.hpp"
#include "adapters/http/server.hpp"

namespace vcare::http {

/// Hands what is announced to every loop. Loops are added before they run and removed after they stopped.
class LoopHub final : public LiveHub {
  public:
    struct Member {
        boost::asio::any_io_executor executor;
        LiveStreams* streams;
    };
    void set_members(std::vector<Member> members);

    void announce(std::vector<application::PublishedEvent> events) override;
    void send(application::Signal signal) override;
    void bar(domain::BarredUser barred) override;

  private:
    [[nodiscard]] std::vector<Member> members();

    std::mutex mutex_;
    std::vector<Member> members_;
};

}  // namespace vcare::http
