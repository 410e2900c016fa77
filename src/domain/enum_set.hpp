// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace vcare::domain {

/// Which values of an enumeration are there, of those below 32. It is one number: copying one costs nothing,
/// where every request carries some along. Iterated in the order of the values.
template <class E>
class EnumSet {
  public:
    class Iterator {
      public:
        using value_type = E;
        using difference_type = std::ptrdiff_t;

        constexpr Iterator() = default;
        explicit constexpr Iterator(std::uint32_t left) : left_(left) {}
        constexpr E operator*() const { return static_cast<E>(std::countr_zero(left_)); }
        constexpr Iterator& operator++() {
            left_ &= left_ - 1;
            return *this;
        }
        constexpr Iterator operator++(int) {
            const Iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const Iterator&, const Iterator&) = default;

      private:
        std::uint32_t left_ = 0;  ///< its lowest bit is the value that it is at
    };
    using value_type = E;
    using const_iterator = Iterator;

    constexpr EnumSet() = default;
    constexpr EnumSet(std::initializer_list<E> values) {
        for (const E value : values) insert(value);
    }

    constexpr void insert(E value) { bits_ |= bit_of(value); }
    constexpr void clear() { bits_ = 0; }
    [[nodiscard]] constexpr bool contains(E value) const { return (bits_ & bit_of(value)) != 0; }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    [[nodiscard]] constexpr std::size_t size() const {
        return static_cast<std::size_t>(std::popcount(bits_));
    }
    [[nodiscard]] constexpr Iterator begin() const { return Iterator{bits_}; }
    [[nodiscard]] constexpr Iterator end() const { return Iterator{}; }

    /// What both have.
    [[nodiscard]] friend constexpr EnumSet operator&(EnumSet one, EnumSet other) {
        one.bits_ &= other.bits_;
        return one;
    }
    friend bool operator==(const EnumSet&, const EnumSet&) = default;

  private:
    [[nodiscard]] static constexpr std::uint32_t bit_of(E value) {
        return std::uint32_t{1} << static_cast<std::uint32_t>(value);
    }

    std::uint32_t bits_ = 0;
};

}  // namespace vcare::domain
