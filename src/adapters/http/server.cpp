// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/http/api.hpp"
#include "adapters/http/listener.hpp"
#include "adapters/http/live/live_hub.hpp"

namespace vcare::http {
namespace {

namespace asio = boost::asio;

class HttpServer final : public Server {
  public:
    HttpServer(std::vector<asio::any_io_executor> executors, const application::Services& services,
               application::ConnectionSamples& samples, LoopHub& hub, ServerOptions options)
        : common_(services, std::move(options)),
          hub_(hub),
          public_api_(common_, parts_, Audience::everybody),
          operators_api_(common_, parts_, Audience::operators) {
        for (const auto& executor : executors) {
            const auto number = static_cast<unsigned>(loops_.size());
            auto& loop = *loops_.emplace_back(std::make_unique<Loop>(executor, number, common_.options.limits,
                                                                     services.clock, services.telemetry));
            parts_.push_back(std::make_unique<LoopParts>(loop, common_, samples));
        }
    }

    void listen() override {
        std::vector<Loop*> loops;
        for (const auto& loop : loops_) loops.push_back(loop.get());
        const auto& options = common_.options;
        if (!options.tls_certificate.empty())
            tls_ = make_tls_terminator({.certificate = options.tls_certificate, .key = options.tls_key});
        listeners_.push_back(std::make_unique<Listener>(options.address, loops, public_api_, tls_.get()));
        if (options.admin)
            listeners_.push_back(std::make_unique<Listener>(*options.admin, loops, operators_api_));
        std::vector<LoopHub::Member> members;
        for (const auto& part : parts_) members.push_back({part->loop.executor(), &part->streams});
        hub_.set_members(std::move(members));
        for (const auto& part : parts_) asio::post(part->loop.executor(), [this, &part] { start(*part); });
        asio::post(loops_.front()->executor(), [this] {
            for (const auto& listener : listeners_) loops_.front()->tasks().spawn(listener->run());
        });
    }

    [[nodiscard]] std::uint16_t port() const override { return listeners_.at(0)->port(); }
    [[nodiscard]] std::uint16_t admin_port() const override {
        return listeners_.size() > 1 ? listeners_[1]->port() : std::uint16_t{0};
    }

    void keep_rates(RateLimits rates) override { common_.keep(rates); }

    [[nodiscard]] Task<void> stop() override {
        common_.is_draining = true;
        for (const auto& listener : listeners_) listener->close();
        // All of them begin before any is waited for.
        for (const auto& part : parts_) co_await on_loop(part.get(), &HttpServer::begin_drain);
        for (const auto& part : parts_) co_await on_loop(part.get(), &HttpServer::finish_drain);
        hub_.set_members({});
    }

  private:
    /// On the loop's own thread.
    void start(LoopParts& part) {
        part.loop.start();
        part.loop.tasks().spawn(write_read_audit(&part));
    }

    /// Entries of reads are written in batches, the last one when nothing reads any more.
    [[nodiscard]] Task<void> write_read_audit(LoopParts* part) {
        asio::steady_timer timer{part->loop.executor()};
        while (!part->loop.is_draining()) {
            timer.expires_after(application::ReadAuditTrail::write_every);
            boost::system::error_code ignored;
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
            co_await part->use_cases.trail.flush();
        }
    }

    [[nodiscard]] Task<void> begin_drain(LoopParts* part) {
        part->loop.begin_drain();
        part->streams.drain();
        part->deadline.expires_after(common_.options.limits.to_drain);
        part->deadline.async_wait([part](boost::system::error_code cancelled) {
            if (cancelled) return;
            part->streams.end_all();
            part->loop.close_all();
        });
        co_return;
    }

    [[nodiscard]] Task<void> finish_drain(LoopParts* part) {
        co_await part->loop.join();
        part->deadline.cancel();
        co_await part->use_cases.trail.flush();
    }

    /// Runs a step on the loop that it is for, and comes back on the caller's.
    [[nodiscard]] Task<void> on_loop(LoopParts* part, Task<void> (HttpServer::*step)(LoopParts*)) {
        co_await asio::co_spawn(part->loop.executor(), (this->*step)(part), asio::use_awaitable);
    }

    Common common_;
    LoopHub& hub_;
    std::vector<std::unique_ptr<Loop>> loops_;
    std::vector<std::unique_ptr<LoopParts>> parts_;
    Api public_api_;
    Api operators_api_;
    std::unique_ptr<TlsTerminator> tls_;
    std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace

std::unique_ptr<Server> make_server(std::vector<asio::any_io_executor> loops,
                                    const application::Services& services,
                                    application::ConnectionSamples& samples, LiveHub& hub,
                                    ServerOptions options) {
    return std::make_unique<HttpServer>(std::move(loops), services, samples, static_cast<LoopHub&>(hub),
                                        std::move(options));
}

}  // namespace vcare::http
