// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <nats/nats.h>

/// The library's objects, each destroyed by its own function. For the sources of this adapter only.
namespace vcare::events {

template <auto destroy>
struct DestroyBy {
    template <class Native>
    void operator()(Native* native) const {
        destroy(native);
    }
};
using OptionsHandle = std::unique_ptr<natsOptions, DestroyBy<natsOptions_Destroy>>;
using ConnectionHandle = std::unique_ptr<natsConnection, DestroyBy<natsConnection_Destroy>>;
using SubscriptionHandle = std::unique_ptr<natsSubscription, DestroyBy<natsSubscription_Destroy>>;
using StreamHandle = std::unique_ptr<jsCtx, DestroyBy<jsCtx_Destroy>>;
using StreamInfoHandle = std::unique_ptr<jsStreamInfo, DestroyBy<jsStreamInfo_Destroy>>;
using ConsumerInfoHandle = std::unique_ptr<jsConsumerInfo, DestroyBy<jsConsumerInfo_Destroy>>;
using MessageHandle = std::unique_ptr<natsMsg, DestroyBy<natsMsg_Destroy>>;

}  // namespace vcare::events
