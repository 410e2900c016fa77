// SPDX-License-Identifier: Apache-2.0
#include "adapters/events/inproc_event_broker.hpp"

namespace vcare::events {
namespace {

class InprocEventBroker final : public application::EventBroker {
  public:
    [[nodiscard]] bool is_embedded() const override { return true; }
    Task<application::PublishOutcome> publish(domain::TenantId, application::OutboxEntry) override {
        co_return application::EventAcknowledged{};
    }
};

}  // namespace

std::unique_ptr<application::EventBroker> make_inproc_event_broker() {
    return std::make_unique<InprocEventBroker>();
}

}  // namespace vcare::events
