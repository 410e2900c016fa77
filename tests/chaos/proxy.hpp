// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

namespace vcare::chaos {

/// What is wrong with a way. Nothing: bytes pass as they come.
struct Trouble {
    bool is_cut = false;                 ///< what is connected was reset, and so is whoever connects
    bool is_stalled = false;             ///< connections stay, and nothing passes
    std::chrono::milliseconds delay{0};  ///< each byte comes so much later
    std::uint32_t bytes_per_second = 0;  ///< in each direction of each connection; 0: as many as come
    bool is_corrupting = false;          ///< bytes come as others, behind the first KiB of each direction
};

/// A way on 127.0.0.1 to one port, on which connections come to harm. Safe to call from any thread.
class Proxy {
  public:
    explicit Proxy(std::uint16_t to);
    ~Proxy();
    Proxy(const Proxy&) = delete;
    Proxy& operator=(const Proxy&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    /// From now on, for what is connected as for what will be.
    void trouble(const Trouble& trouble);
    void mend() { trouble({}); }

  private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

}  // namespace vcare::chaos
