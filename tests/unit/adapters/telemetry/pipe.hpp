// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace vcare::tests {

/// A pipe whose writing end stands in for standard error.
class Pipe {
  public:
    Pipe() {
        if (::pipe(ends_.data()) != 0) throw std::runtime_error{"no pipe"};
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        close_writing_end();
        ::close(ends_[0]);
    }

    [[nodiscard]] int writing_end() const { return ends_[1]; }
    void close_writing_end() {
        if (ends_[1] >= 0) ::close(ends_[1]);
        ends_[1] = -1;
    }
    /// Everything, until the writing end is closed.
    [[nodiscard]] std::string read_all() {
        std::string all;
        std::array<char, 65536> part{};
        for (;;) {
            const auto length = ::read(ends_[0], part.data(), part.size());
            if (length <= 0) return all;
            all.append(part.data(), static_cast<std::size_t>(length));
        }
    }

  private:
    std::array<int, 2> ends_{};
};

}  // namespace vcare::tests
