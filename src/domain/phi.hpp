// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

namespace vcare::domain {

/// Protected health information: a name, a contact, a place, a reason, anything a person typed.
///
/// The value can be stored and compared, and it can be shown to a person who may see it: `reveal()` is the
/// one way out, so every place that uses it can be found by that word. There is no stream operator, no
/// formatter and no implicit conversion: logging a `Phi` does not compile.
template <class T>
class Phi {
  public:
    Phi() = default;
    explicit Phi(T value) : value_(std::move(value)) {}

    /// For storing it, or for showing it to somebody who may see it. Never for a log, a label or an event.
    [[nodiscard]] const T& reveal() const& { return value_; }
    [[nodiscard]] T reveal() && { return std::move(value_); }

    friend bool operator==(const Phi&, const Phi&) = default;

  private:
    T value_{};
};

}  // namespace vcare::domain
