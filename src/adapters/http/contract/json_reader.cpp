// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/contract/json_reader.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>
#include <boost/json/value_stack.hpp>

#include "adapters/http/contract/pointer.hpp"

namespace vcare::http::contract {
namespace {

namespace json = boost::json;
using boost::system::error_code;

/// Up to so many keys are compared each with each, which is quicker than sorting; more are sorted, so that
/// an object of many keys costs no square.
constexpr std::size_t few_keys = 12;

/// Builds the value as the parser goes, and keeps the keys of the open objects to see repeated ones.
class Builder {
  public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }

    bool on_object_begin(error_code&) { return open(false); }
    bool on_object_end(std::size_t n, error_code& ec) {
        const auto key_text_size = levels_.back().key_text_size;
        levels_.pop_back();
        if (!are_keys_unique(n)) return refuse("stands twice in the same object", ec);
        keys_.resize(keys_.size() - n);
        key_text_.resize(key_text_size);
        values_.push_object(n);
        return true;
    }
    bool on_array_begin(error_code&) { return open(true); }
    bool on_array_end(std::size_t n, error_code&) {
        levels_.pop_back();
        values_.push_array(n);
        return true;
    }

    bool on_key_part(json::string_view part, std::size_t, error_code&) {
        key_text_.append(part.data(), part.size());
        values_.push_chars(part);
        return true;
    }
    bool on_key(json::string_view part, std::size_t size, error_code& ec) {
        key_text_.append(part.data(), part.size());
        levels_.back().last_key = keys_.size();
        keys_.push_back({.offset = key_text_.size() - size, .size = size});
        values_.push_key(part);
        if (key_of(keys_.back()).contains('\0')) return refuse("must not contain NUL", ec);
        return true;
    }

    bool on_string_part(json::string_view part, std::size_t, error_code& ec) {
        if (has_nul(part)) return refuse("must not contain NUL", ec);
        values_.push_chars(part);
        return true;
    }
    bool on_string(json::string_view part, std::size_t, error_code& ec) {
        count_item();
        if (has_nul(part)) return refuse("must not contain NUL", ec);
        values_.push_string(part);
        return true;
    }

    bool on_number_part(json::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t number, json::string_view, error_code&) {
        count_item();
        values_.push_int64(number);
        return true;
    }
    bool on_uint64(std::uint64_t number, json::string_view, error_code&) {
        count_item();
        values_.push_uint64(number);
        return true;
    }
    bool on_double(double number, json::string_view, error_code& ec) {
        count_item();
        if (!std::isfinite(number)) return refuse("is too large a number", ec);
        // Up to 2^53 every whole number has a double of its own.
        const bool is_whole = std::abs(number) <= 9007199254740992.0 && std::trunc(number) == number;
        if (is_whole)
            values_.push_int64(static_cast<std::int64_t>(number));
        else
            values_.push_double(number);
        return true;
    }
    bool on_bool(bool value, error_code&) {
        count_item();
        values_.push_bool(value);
        return true;
    }
    bool on_null(error_code&) {
        count_item();
        values_.push_null();
        return true;
    }
    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }

    void begin() { values_.reset(); }
    [[nodiscard]] json::value release() { return values_.release(); }

    /// What this builder refused, empty when the parser itself did.
    [[nodiscard]] const std::string& refusal() const { return refusal_; }

    /// Pointer to the place the parser has reached.
    [[nodiscard]] std::string pointer() const {
        std::string out;
        for (const auto& level : levels_) {
            if (level.is_array)
                append_step(std::to_string(level.items == 0 ? 0 : level.items - 1), out);
            else if (level.last_key != no_key)
                append_step(key_of(keys_[level.last_key]), out);
        }
        if (duplicate_ != nullptr) append_step(key_of(*duplicate_), out);
        return out;
    }

  private:
    struct Key {
        std::size_t offset;
        std::size_t size;
    };
    static constexpr std::size_t no_key = static_cast<std::size_t>(-1);
    struct Level {
        bool is_array;
        std::size_t key_text_size;      ///< when it was opened
        std::size_t items = 0;          ///< of an array, begun or done
        std::size_t last_key = no_key;  ///< of an object
    };

    bool open(bool is_array) {
        count_item();
        levels_.push_back({.is_array = is_array, .key_text_size = key_text_.size()});
        return true;
    }
    void count_item() {
        if (!levels_.empty()) ++levels_.back().items;
    }
    static bool has_nul(json::string_view part) {
        return std::string_view{part.data(), part.size()}.contains('\0');
    }
    bool refuse(std::string_view why, error_code& ec) {
        refusal_ = why;
        ec = json::error::syntax;
        return false;
    }

    [[nodiscard]] std::string_view key_of(const Key& key) const {
        return std::string_view{key_text_}.substr(key.offset, key.size);
    }
    bool are_keys_unique(std::size_t n) {
        const auto own = std::span{keys_}.last(n);
        const auto text = [this](const Key& key) { return key_of(key); };
        if (n <= few_keys) {
            for (std::size_t i = 1; i < n; ++i)
                if (const auto before = own.first(i);
                    std::ranges::find(before, text(own[i]), text) != before.end())
                    return found_duplicate(own[i]);
            return true;
        }
        std::ranges::sort(own, {}, text);
        const auto twice = std::ranges::adjacent_find(own, {}, text);
        return twice == own.end() || found_duplicate(*twice);
    }
    bool found_duplicate(const Key& key) {
        duplicate_ = &key;
        return false;
    }

    json::value_stack values_;
    std::vector<Level> levels_;
    std::vector<Key> keys_;
    std::string key_text_;
    std::string refusal_;
    const Key* duplicate_ = nullptr;
};

std::string describe(const error_code& ec, std::size_t at) {
    if (ec == json::error::too_deep)
        return fmt::format("must not be nested deeper than {} levels", max_json_depth);
    if (ec == json::error::incomplete) return "must be one whole JSON value";
    return fmt::format("is not JSON at byte {}", at);
}

domain::Error refusal(const Builder& builder, const error_code& ec, std::size_t at) {
    auto message = builder.refusal().empty() ? describe(ec, at) : builder.refusal();
    return {.code = domain::ErrorCode::validation_error,
            .detail = "The body is not acceptable JSON.",
            .fields = {{.pointer = builder.pointer(), .message = std::move(message)}}};
}

}  // namespace

domain::Result<json::value> parse_json(std::string_view bytes) {
    json::parse_options options;
    options.max_depth = max_json_depth;
    json::basic_parser<Builder> parser{options};
    auto& builder = parser.handler();
    builder.begin();

    error_code ec;
    const auto used = parser.write_some(false, bytes.data(), bytes.size(), ec);
    if (!ec && used < bytes.size()) ec = json::error::extra_data;
    if (ec) return std::unexpected{refusal(builder, ec, used)};
    return builder.release();
}

}  // namespace vcare::http::contract
