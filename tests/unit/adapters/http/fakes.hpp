// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/http/byte_stream.hpp"
#include "application/ports/randomness.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::http::tests {

/// Remembers the names of what was logged.
class Journal final : public application::Telemetry {
  public:
    void count(application::Metric, application::Labels, double) override {}
    void observe(application::Metric, double, application::Labels) override {}
    void gauge(application::Metric, double, application::Labels) override {}
    void log(application::Severity, std::string_view event,
             std::initializer_list<application::LogField>) override {
        events.emplace_back(event);
    }
    [[nodiscard]] bool has(std::string_view event) const { return std::ranges::count(events, event) > 0; }
    std::vector<std::string> events;
};

/// Counts up instead of drawing.
class CountingRandomness final : public application::Randomness {
  public:
    unsigned fills = 0;
    void fill(std::span<std::byte> bytes) override {
        ++fills;
        for (auto& byte : bytes) byte = std::byte{next_++};
    }

  private:
    unsigned char next_ = 1;
};

/// A connection whose client is the test: it says when a write is done and what is read.
class FakeByteStream final : public ByteStream {
  public:
    struct State {
        std::string written;
        std::optional<Done> pending_write;
        std::optional<Done> pending_read;
        std::optional<Done> pending_finish;
        bool completes_writes = true;
        bool answers_the_end = true;
        bool is_closed = false;
    };
    FakeByteStream(boost::asio::any_io_executor executor, State& state)
        : executor_(executor), state_(state) {}

    void start_handshake(Done done) override { complete(std::move(done), {}, 0); }
    void start_read(boost::asio::mutable_buffer, Done done) override {
        state_.pending_read.emplace(std::move(done));
    }
    void start_write(Buffers from, Done done) override {
        std::size_t size = 0;
        for (const auto& buffer : from) {
            state_.written.append(static_cast<const char*>(buffer.data()), buffer.size());
            size += buffer.size();
        }
        if (state_.completes_writes) return complete(std::move(done), {}, size);
        state_.pending_write.emplace(std::move(done));
    }
    void start_finish(Done done) override {
        if (state_.answers_the_end) return complete(std::move(done), {}, 0);
        state_.pending_finish.emplace(std::move(done));
    }
    void cancel() noexcept override { close(); }
    void close() noexcept override {
        state_.is_closed = true;
        fail(state_.pending_read, boost::asio::error::eof);
        fail(state_.pending_write, boost::asio::error::broken_pipe);
        fail(state_.pending_finish, boost::asio::error::operation_aborted);
    }
    boost::asio::any_io_executor executor() override { return executor_; }
    [[nodiscard]] const std::string& remote_address() const override { return address_; }

  private:
    void complete(Done done, boost::system::error_code error, std::size_t size) {
        boost::asio::post(executor_,
                          [done = std::move(done), error, size]() mutable { std::move(done)(error, size); });
    }
    void fail(std::optional<Done>& pending, boost::system::error_code error) {
        if (!pending) return;
        Done done = *std::exchange(pending, std::nullopt);
        complete(std::move(done), error, 0);
    }
    boost::asio::any_io_executor executor_;
    State& state_;
    std::string address_ = "192.0.2.1";
};

}  // namespace vcare::http::tests
