// SPDX-License-Identifier: Apache-2.0
#include "adapters/events/inproc_event_broker.hpp"

#include <gtest/gtest.h>

#include "unit/adapters/await.hpp"

namespace vcare::events {
namespace {

TEST(InprocEventBroker, acknowledges_an_event_and_its_repeat) {
    const auto broker = make_inproc_event_broker();
    const auto tenant = domain::TenantId::parse("hill").value();
    const application::OutboxEntry entry{.id = domain::EventId::make({}, {}),
                                         .event = {.type = domain::EventType{}, .subject = "s"},
                                         .at = {},
                                         .actor = "usr-1"};

    for (int i = 0; i < 2; ++i)
        EXPECT_TRUE(std::holds_alternative<application::EventAcknowledged>(
            tests::await(broker->publish(tenant, entry))));
}

}  // namespace
}  // namespace vcare::events
