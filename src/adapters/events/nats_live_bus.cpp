// SPDX-License-Identifier: Apache-2.0
#include "adapters/events/nats_live_bus.hpp"

#include "adapters/events/signal_codec.hpp"

namespace vcare::events {
namespace {

class NatsLiveBus final : public application::LiveBus {
  public:
    NatsLiveBus(application::LiveBus& own, NatsLink& link) : own_(own), link_(link) {
        link_.listen([&own](const std::string& text) {
            if (auto signal = decode_signal(text)) own.send(*std::move(signal));
        });
    }

    void announce(std::vector<application::PublishedEvent> events) override {
        own_.announce(std::move(events));
    }

    void send(application::Signal signal) override {
        link_.tell_others(encode_signal(signal));
        own_.send(std::move(signal));
    }

  private:
    application::LiveBus& own_;
    NatsLink& link_;
};

}  // namespace

std::unique_ptr<application::LiveBus> make_nats_live_bus(application::LiveBus& own, NatsLink& link) {
    return std::make_unique<NatsLiveBus>(own, link);
}

}  // namespace vcare::events
