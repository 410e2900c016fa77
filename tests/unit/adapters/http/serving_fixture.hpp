// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <thread>

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "adapters/http/listener.hpp"
#include "unit/adapters/fixed_clock.hpp"
#include "unit/adapters/http/fakes.hpp"

namespace vcare::http::tests {

/// Answers with what it was asked; `/fail` throws.
class Echo final : public RequestHandler {
  public:
    [[nodiscard]] std::size_t max_body_bytes(const Request&) const override { return 1024; }
    [[nodiscard]] Task<Response> answer(Loop*, Request request) override {
        if (request.path == "/fail") throw std::runtime_error{"a bug"};
        co_return Response{200, "text/plain", request.method + " " + request.path + " " + request.body};
    }
    [[nodiscard]] Response refuse(const domain::Error& error) const override {
        const auto& info = domain::info_of(error.code);
        return Response{info.http_status, "text/plain", std::string{info.wire}};
    }
};

/// A listener on a free port whose loop runs in a thread of its own.
class ServingFixture : public testing::Test {
  protected:
    void start(Limits limits, TlsTerminator* tls = nullptr) {
        limits_ = limits;
        loop_ = std::make_unique<Loop>(io_.get_executor(), 0, limits_, clock_, journal_);
        listener_ = std::make_unique<Listener>(ListenAddress{}, std::vector{loop_.get()}, echo_, tls);
        loop_->tasks().spawn(listener_->run());
        loop_->start();
        thread_ = std::thread{[this] { io_.run(); }};
    }
    void stop() {
        if (!thread_.joinable()) return;
        boost::asio::post(io_, [this] {
            listener_->close();
            loop_->begin_drain();
            loop_->close_all();
        });
        boost::asio::co_spawn(io_, loop_->join(), boost::asio::use_future).get();
        guard_.reset();
        thread_.join();
    }
    void TearDown() override { stop(); }

    boost::asio::ip::tcp::socket connect() {
        boost::asio::ip::tcp::socket socket{client_io_};
        socket.connect({boost::asio::ip::address_v4::loopback(), listener_->port()});
        return socket;
    }

    boost::asio::io_context io_;
    boost::asio::io_context client_io_;
    Limits limits_;
    vcare::tests::FixedClock clock_;
    Journal journal_;
    Echo echo_;
    std::unique_ptr<Loop> loop_;
    std::unique_ptr<Listener> listener_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_ =
        boost::asio::make_work_guard(io_);
    std::thread thread_;
};

}  // namespace vcare::http::tests
