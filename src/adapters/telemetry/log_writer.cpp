// SPDX-License-Identifier: Apache-2.0
#include "adapters/telemetry/log_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace vcare::telemetry {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds poll_interval{100};
/// How long the last lines may take when nobody reads them: a stop of the service does not wait for a reader.
constexpr milliseconds closing_patience{1000};

}  // namespace

LogWriter::LogWriter(int descriptor) : descriptor_(descriptor), thread_([this] { run(); }) {
}

LogWriter::~LogWriter() {
    {
        const std::lock_guard lock{mutex_};
        is_closing_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

bool LogWriter::write(std::string_view line) {
    {
        const std::lock_guard lock{mutex_};
        if (waiting_.size() + line.size() > waiting_bytes_max) {
            ++dropped_;
            return false;
        }
        waiting_ += line;
    }
    wake_.notify_one();
    return true;
}

std::uint64_t LogWriter::take_dropped() {
    const std::lock_guard lock{mutex_};
    return std::exchange(dropped_, 0);
}

void LogWriter::run() {
    std::string batch;
    std::unique_lock lock{mutex_};
    for (;;) {
        wake_.wait(lock, [this] { return is_closing_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        batch.clear();
        std::swap(batch, waiting_);
        lock.unlock();
        write_out(batch);
        lock.lock();
    }
}

void LogWriter::write_out(std::string_view text) {
    auto patience = closing_patience;
    while (!text.empty()) {
        pollfd descriptor{.fd = descriptor_, .events = POLLOUT, .revents = 0};
        if (::poll(&descriptor, 1, static_cast<int>(poll_interval.count())) == 0) {
            if (is_closing()) patience -= poll_interval;
            if (patience <= milliseconds{0}) return;
            continue;
        }
        // A pipe that polls writable takes this much without blocking.
        const auto written = ::write(descriptor_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
        if (written > 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR && errno != EAGAIN) {
            return;  // nobody reads any more, and there is nowhere to say so
        }
    }
}

bool LogWriter::is_closing() {
    const std::lock_guard lock{mutex_};
    return is_closing_;
}

}  // namespace vcare::telemetry
