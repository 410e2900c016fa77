// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "application/ports/event_bus.hpp"
#include "application/ports/unit_of_work.hpp"

namespace vcare::program {

/// Takes sentences for somebody who watches. Called from any loop.
using Tell = std::function<void(const std::string& sentence)>;

/// Passes units on, and tells what they did that no event says.
class ToldUnits final : public application::UnitOfWorkRunner {
  public:
    ToldUnits(application::UnitOfWorkRunner& inner, Tell tell) : inner_(inner), tell_(std::move(tell)) {}
    [[nodiscard]] Task<Result<application::CommitOutcome>> commit(domain::TenantScope scope,
                                                                  application::UnitOfWork unit) override;

  private:
    application::UnitOfWorkRunner& inner_;
    Tell tell_;
};

/// Passes published events on to the live streams, and tells each of them.
class ToldBus final : public application::LiveBus {
  public:
    ToldBus(application::LiveBus& inner, Tell tell) : inner_(inner), tell_(std::move(tell)) {}
    void announce(std::vector<application::PublishedEvent> events) override;
    void send(application::Signal signal) override { inner_.send(std::move(signal)); }

  private:
    application::LiveBus& inner_;
    Tell tell_;
};

/// For commands that serve nobody: there are no live streams to bring anything to.
class NoLiveStreams final : public application::LiveBus {
  public:
    void announce(std::vector<application::PublishedEvent>) override {}
    void send(application::Signal) override {}
};

}  // namespace vcare::program
