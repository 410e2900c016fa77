// SPDX-License-Identifier: Apache-2.0
#include "adapters/fhir/identifier_query.hpp"

#include <fmt/format.h>

namespace vcare::fhir {
namespace {

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/";
    std::string out;
    for (const char c : text) {
        if (plain.contains(c)) {
            out += c;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

}  // namespace

std::string identifier_query(std::string_view system, std::string_view value, std::string_view bar) {
    return "identifier=" + percent_encoded(system) + std::string{bar} + percent_encoded(value);
}

}  // namespace vcare::fhir
