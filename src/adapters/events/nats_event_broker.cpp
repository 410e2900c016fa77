// SPDX-License-Identifier: Apache-2.0
#include "adapters/events/nats_event_broker.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/json/event_codec.hpp"

namespace vcare::events {
namespace {

namespace asio = boost::asio;
using application::PublishOutcome;
using Handler = asio::any_completion_handler<void(PublishOutcome)>;

Task<PublishOutcome> publish_through(NatsLink* link, Outgoing message) {
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(PublishOutcome)>(
        [link, message = std::move(message)](auto handler) mutable {
            // Counted as work, so that the relay's loop does not end meanwhile.
            auto executor = asio::prefer(asio::get_associated_executor(handler),
                                         asio::execution::outstanding_work.tracked);
            auto waiting = std::make_shared<Handler>(std::move(handler));
            link->publish(std::move(message), [executor, waiting](PublishOutcome outcome) {
                asio::post(executor, [waiting, outcome = std::move(outcome)]() mutable {
                    std::move (*waiting)(std::move(outcome));
                });
            });
        },
        asio::use_awaitable);
}

class NatsEventBroker final : public application::EventBroker {
  public:
    NatsEventBroker(NatsLink& link, std::string source) : link_(link), source_(std::move(source)) {}

    Task<PublishOutcome> publish(domain::TenantId tenant, application::OutboxEntry entry) override {
        Outgoing message{.subject = std::string{domain::to_wire(entry.event.type)},
                         .id = entry.id.text(),
                         .body = json::encode_cloud_event(tenant, entry, source_)};
        co_return co_await publish_through(&link_, std::move(message));
    }

    bool is_there() const override { return link_.is_usable(); }

  private:
    NatsLink& link_;
    const std::string source_;
};

}  // namespace

std::unique_ptr<application::EventBroker> make_nats_event_broker(NatsLink& link, std::string source) {
    return std::make_unique<NatsEventBroker>(link, std::move(source));
}

}  // namespace vcare::events
