// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "application/ports/telemetry.hpp"

namespace vcare::program {

/// Tells how late a timer of each event loop fires, which is how long whatever ran there kept it. The label
/// is the loop's number.
class LoopWatch {
  public:
    /// Loops and telemetry outlive it; it goes when no loop runs any more.
    LoopWatch(std::vector<boost::asio::any_io_executor> loops, application::Telemetry& telemetry,
              std::chrono::milliseconds every = std::chrono::milliseconds{250});
    LoopWatch(const LoopWatch&) = delete;
    LoopWatch& operator=(const LoopWatch&) = delete;

    /// Before the loops run, once.
    void start();

  private:
    struct Loop {
        std::string number;
        boost::asio::steady_timer timer;
    };
    void wait(Loop& loop);

    application::Telemetry& telemetry_;
    std::chrono::milliseconds every_;
    std::vector<std::unique_ptr<Loop>> loops_;
};

}  // namespace vcare::program
