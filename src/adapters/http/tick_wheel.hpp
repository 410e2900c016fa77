// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace vcare::http {

/// Deadlines of many connections for the price of one timer: whoever owns the wheel turns it by one tick at
/// a time. Coarse on purpose: a deadline comes up to one tick late, never early. For one loop.
class TickWheel {
  public:
    static constexpr std::chrono::milliseconds tick{250};

    /// Something with a deadline. Leaves the wheel when it is destroyed.
    class Entry {
      public:
        Entry() = default;
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;
        virtual ~Entry() { unlink(); }

        /// The deadline has come; the entry may be armed again or destroyed from within.
        virtual void due() = 0;

        void disarm() { unlink(); }
        [[nodiscard]] bool is_armed() const { return next_ != nullptr; }

      private:
        friend class TickWheel;
        void unlink();
        Entry* previous_ = nullptr;
        Entry* next_ = nullptr;
        std::uint64_t at_ = 0;
    };

    TickWheel();
    ~TickWheel();
    TickWheel(const TickWheel&) = delete;

    /// Sets the entry's one deadline; one that was set before is forgotten.
    void arm(Entry& entry, std::chrono::milliseconds delay);
    /// One tick has passed: everything due is told.
    void turn();

  private:
    static constexpr std::size_t slot_count = 512;  // 128 s; a later deadline waits for another round

    class Anchor final : public Entry {
        void due() override {}
    };
    void link(Entry& anchor, Entry& entry);

    std::array<Anchor, slot_count> slots_;
    std::uint64_t now_ = 0;
};

}  // namespace vcare::http
