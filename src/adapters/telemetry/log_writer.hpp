// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace vcare::telemetry {

/// Writes lines to a file descriptor on a thread of its own. `write` never waits for the reader; its
/// destructor writes what is left, for at most a second if nobody reads. Safe to call from any thread.
class LogWriter {
  public:
    static constexpr std::size_t waiting_bytes_max = std::size_t{4} * 1024 * 1024;

    explicit LogWriter(int descriptor);
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;
    ~LogWriter();

    /// False when there is no room: the line is dropped.
    bool write(std::string_view line);
    /// How many lines were dropped since it was last asked.
    [[nodiscard]] std::uint64_t take_dropped();

  private:
    void run();
    void write_out(std::string_view text);
    bool is_closing();

    const int descriptor_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::string waiting_;
    std::uint64_t dropped_ = 0;
    bool is_closing_ = false;
    std::thread thread_;
};

}  // namespace vcare::telemetry
