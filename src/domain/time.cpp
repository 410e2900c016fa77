// SPDX-License-Identifier: Apache-2.0
#include "domain/time.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace vcare::domain {
namespace {

constexpr Instant first_of_year_10000 = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1};

/// Reads digits from the front of `text`; nothing when a character is not a digit.
class Digits {
  public:
    explicit Digits(std::string_view text) : text_(text) {}

    std::optional<int> take(std::size_t count) {
        if (text_.size() < count) return std::nullopt;
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const char c = text_[i];
            if (c < '0' || c > '9') return std::nullopt;
            value = value * 10 + (c - '0');
        }
        text_.remove_prefix(count);
        return value;
    }

    bool take_char(std::string_view any_of) {
        if (text_.empty() || !any_of.contains(text_.front())) return false;
        text_.remove_prefix(1);
        return true;
    }

    /// The fraction of a second, any number of digits, in milliseconds (cut, not rounded).
    std::optional<int> take_fraction_ms() {
        int value = 0;
        int scale = 100;
        std::size_t count = 0;
        while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') {
            value += (text_.front() - '0') * scale;
            scale /= 10;
            text_.remove_prefix(1);
            ++count;
        }
        if (count == 0) return std::nullopt;
        return value;
    }

    [[nodiscard]] char front() const { return text_.empty() ? '\0' : text_.front(); }
    [[nodiscard]] bool empty() const { return text_.empty(); }

  private:
    std::string_view text_;
};

std::optional<minutes> take_offset(Digits& in) {
    if (in.take_char("Zz")) return minutes{0};
    const bool west = in.front() == '-';
    if (!in.take_char("+-")) return std::nullopt;
    const auto hour = in.take(2);
    if (!hour || !in.take_char(":")) return std::nullopt;
    const auto minute = in.take(2);
    if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
    const minutes offset = hours{*hour} + minutes{*minute};
    return west ? -offset : offset;
}

std::optional<std::chrono::sys_days> take_date(Digits& in) {
    const auto year = in.take(4);
    if (!year || !in.take_char("-")) return std::nullopt;
    const auto month = in.take(2);
    if (!month || !in.take_char("-")) return std::nullopt;
    const auto day = in.take(2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok() || *year < 1970) return std::nullopt;
    return std::chrono::sys_days{date};
}

std::optional<milliseconds> take_time_of_day(Digits& in) {
    const auto hour = in.take(2);
    if (!hour || *hour > 23 || !in.take_char(":")) return std::nullopt;
    const auto minute = in.take(2);
    if (!minute || *minute > 59 || !in.take_char(":")) return std::nullopt;
    const auto second = in.take(2);
    if (!second || *second > 60) return std::nullopt;
    int fraction = 0;
    if (in.take_char(".")) {
        const auto read = in.take_fraction_ms();
        if (!read) return std::nullopt;
        fraction = *read;
    }
    return hours{*hour} + minutes{*minute} + seconds{*second} + milliseconds{fraction};
}

}  // namespace

std::optional<Instant> parse_rfc3339(std::string_view text) {
    Digits in{text};
    const auto date = take_date(in);
    if (!date || !in.take_char("Tt ")) return std::nullopt;
    const auto time = take_time_of_day(in);
    if (!time) return std::nullopt;
    const auto offset = take_offset(in);
    if (!offset || !in.empty()) return std::nullopt;
    const Instant at{*date + *time - *offset};
    const bool can_be_written = at >= Instant{} && at < first_of_year_10000;  // the offset may lead outside
    return can_be_written ? std::optional{at} : std::nullopt;
}

std::string to_rfc3339(Instant at) {
    const auto day = std::chrono::floor<days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{at - day};
    std::array<char, 40> out{};
    const int length = std::snprintf(
        out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
        static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
    return {out.data(), static_cast<std::size_t>(length)};
}

}  // namespace vcare::domain
