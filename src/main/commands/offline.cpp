// SPDX-License-Identifier: Apache-2.0
#include "main/commands/offline.hpp"

namespace vcare::program {
namespace {

// A command answers for itself: only what goes badly wrong is worth a log line.
AdapterOptions options_with(application::LiveBus* live, const boost::asio::any_io_executor& loop,
                            Offline::Broker broker) {
    AdapterOptions options;
    options.live = live;
    options.loops = {loop};
    options.migrate = false;
    options.connects_broker = broker == Offline::Broker::connected;
    options.telemetry.level = application::Severity::error;
    return options;
}

}  // namespace

Offline::Offline(const Settings& settings, Broker broker)
    : adapters_(settings, options_with(&live_, loop_.get_executor(), broker)) {
}

}  // namespace vcare::program
