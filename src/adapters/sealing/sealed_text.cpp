// SPDX-License-Identifier: Apache-2.0
#include "adapters/sealing/sealed_text.hpp"

#include <charconv>

#include <fmt/format.h>

#include "adapters/crypto/aead.hpp"
#include "adapters/crypto/encoding.hpp"

namespace vcare::sealing {
namespace {

/// Begins with a character that nobody types (docs/adr/0019-sealed-columns.md).
constexpr std::string_view mark = "\x01phi.";

struct Parts {
    unsigned key_version = 0;
    std::string_view ciphertext;  ///< base64url
};

std::optional<Parts> take_apart(std::string_view sealed) {
    if (!is_sealed(sealed)) return std::nullopt;
    const std::string_view rest = sealed.substr(mark.size());
    Parts parts;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), parts.key_version);
    const bool has_version = error == std::errc{} && end != rest.data() + rest.size() && *end == '.';
    if (!has_version) return std::nullopt;
    parts.ciphertext = rest.substr(static_cast<std::size_t>(end - rest.data()) + 1);
    return parts;
}

/// Unambiguous, because neither a tenant's id nor the name of a column contains a slash. Never to be changed:
/// it would void what is stored.
std::string bound_to(const Place& place) {
    return fmt::format("{}/{}/{}", place.tenant, place.column, place.row);
}

}  // namespace

std::string seal_text(const application::TenantKey& key, std::string_view plain, const Place& place) {
    const std::string ciphertext = crypto::seal_aes256_gcm(key.bytes, plain, bound_to(place));
    return fmt::format("{}{}.{}", mark, key.version, crypto::to_base64url(ciphertext));
}

bool is_sealed(std::string_view stored) {
    return stored.starts_with(mark);
}

std::optional<unsigned> key_version_of(std::string_view sealed) {
    const auto parts = take_apart(sealed);
    return parts ? std::optional{parts->key_version} : std::nullopt;
}

std::optional<std::string> open_text(const application::TenantKey& key, std::string_view sealed,
                                     const Place& place) {
    const auto parts = take_apart(sealed);
    if (!parts || parts->key_version != key.version) return std::nullopt;
    const auto ciphertext = crypto::parse_base64url(parts->ciphertext);
    if (!ciphertext) return std::nullopt;
    return crypto::open_aes256_gcm(key.bytes, *ciphertext, bound_to(place));
}

}  // namespace vcare::sealing
