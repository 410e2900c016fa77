// SPDX-License-Identifier: Apache-2.0
#include "adapters/keys/pkcs11_uri.hpp"

#include <optional>

#include "adapters/crypto/encoding.hpp"

namespace vcare::keys {
namespace {

constexpr std::string_view scheme = "pkcs11:";
constexpr std::size_t label_bytes_max = 32;  // CK_TOKEN_INFO
constexpr std::size_t serial_bytes_max = 16;

std::optional<std::string> decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        std::string digits{text.substr(i + 1, 2)};
        for (char& c : digits) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
        const auto byte = crypto::parse_hex(digits);
        if (!byte || byte->size() != 1) return std::nullopt;
        out += *byte;
        i += 2;
    }
    return out;
}

/// Takes one attribute into its place; says what is wrong with it, or nothing.
std::string take(Pkcs11Uri& uri, std::string_view attribute) {
    const auto equals = attribute.find('=');
    const std::string_view name = attribute.substr(0, equals);
    const auto value = equals == std::string_view::npos ? std::nullopt : decode(attribute.substr(equals + 1));
    if (name.starts_with("pin-")) return "holds a PIN or says where it is, set keys.pin";
    if (!value || value->empty()) return "has an attribute without a value";
    std::string* const place = name == "token"         ? &uri.token
                               : name == "serial"      ? &uri.serial
                               : name == "module-path" ? &uri.module_path
                                                       : nullptr;
    if (!place) return "has an attribute other than token, serial and module-path: " + std::string{name};
    if (!place->empty()) return "names an attribute twice: " + std::string{name};
    *place = *value;
    return {};
}

}  // namespace

std::expected<Pkcs11Uri, std::string> Pkcs11Uri::parse(std::string_view text) {
    if (!text.starts_with(scheme)) return std::unexpected{"does not start with pkcs11:"};
    text.remove_prefix(scheme.size());
    Pkcs11Uri uri;
    while (!text.empty()) {
        const auto end = text.find_first_of(";?&");
        if (std::string problem = take(uri, text.substr(0, end)); !problem.empty())
            return std::unexpected{std::move(problem)};
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    if (uri.token.empty() || uri.token.size() > label_bytes_max)
        return std::unexpected{"names no token by its label"};
    if (uri.serial.size() > serial_bytes_max) return std::unexpected{"names a serial that no token has"};
    if (!uri.module_path.starts_with('/')) return std::unexpected{"names no module by its absolute path"};
    return uri;
}

}  // namespace vcare::keys
