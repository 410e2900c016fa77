// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/cursor.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include <openssl/evp.h>

#include "domain/ids.hpp"

namespace vcare::store {
namespace {

constexpr std::size_t longest_cursor = 128;

std::string to_base64url(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    while (text.ends_with('=')) text.pop_back();
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
    std::string padded{text};
    std::ranges::replace(padded, '-', '+');
    std::ranges::replace(padded, '_', '/');
    const std::size_t padding = (4 - padded.size() % 4) % 4;
    padded.append(padding, '=');
    std::string bytes(padded.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                       reinterpret_cast<const unsigned char*>(padded.data()),
                                       static_cast<int>(padded.size()));
    if (length < 0 || static_cast<std::size_t>(length) < padding) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(length) - padding);
    return bytes;
}

}  // namespace

std::string to_text(const Cursor& cursor) {
    return to_base64url(std::to_string(cursor.at) + ":" + cursor.id);
}

domain::Result<Cursor> parse_cursor(std::string_view text, std::string_view prefix) {
    const auto wrong = [] {
        return domain::refuse_field("/cursor", "must be a nextCursor as this list gave it");
    };
    if (text.size() > longest_cursor) return wrong();
    const auto bytes = from_base64url(text);
    if (!bytes) return wrong();
    const std::size_t colon = bytes->find(':');
    if (colon == std::string::npos) return wrong();
    Cursor cursor{.id = bytes->substr(colon + 1)};
    const char* end = bytes->data() + colon;
    const auto parsed = std::from_chars(bytes->data(), end, cursor.at);
    const bool is_number = parsed.ec == std::errc{} && parsed.ptr == end;
    const bool is_id = cursor.id.starts_with(prefix) && domain::is_ulid(cursor.id.substr(prefix.size()));
    if (!is_number || !is_id || to_text(cursor) != text) return wrong();
    return cursor;
}

}  // namespace vcare::store
