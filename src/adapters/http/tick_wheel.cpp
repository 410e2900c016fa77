// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/tick_wheel.hpp"

namespace vcare::http {

void TickWheel::Entry::unlink() {
    if (next_ == nullptr) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = nullptr;
}

TickWheel::TickWheel() {
    for (auto& slot : slots_) slot.previous_ = slot.next_ = &slot;
}

TickWheel::~TickWheel() {
    for (auto& slot : slots_) {
        while (slot.next_ != &slot) slot.next_->unlink();
    }
}

void TickWheel::link(Entry& anchor, Entry& entry) {
    entry.previous_ = anchor.previous_;
    entry.next_ = &anchor;
    anchor.previous_->next_ = &entry;
    anchor.previous_ = &entry;
}

void TickWheel::arm(Entry& entry, std::chrono::milliseconds delay) {
    entry.unlink();
    // One tick more than asked: part of the current tick has passed already.
    const auto ticks = static_cast<std::uint64_t>((delay + tick - std::chrono::milliseconds{1}) / tick) + 1;
    entry.at_ = now_ + ticks;
    link(slots_[entry.at_ % slot_count], entry);
}

void TickWheel::turn() {
    ++now_;
    auto& slot = slots_[now_ % slot_count];
    if (slot.next_ == &slot) return;
    // Moved aside first, because whoever is told may arm entries in this very slot.
    Anchor round;
    round.next_ = slot.next_;
    round.previous_ = slot.previous_;
    round.next_->previous_ = round.previous_->next_ = &round;
    slot.previous_ = slot.next_ = &slot;
    while (round.next_ != &round) {
        auto& entry = *round.next_;
        entry.unlink();
        if (entry.at_ > now_) {
            link(slot, entry);
        } else {
            entry.due();
        }
    }
}

}  // namespace vcare::http
