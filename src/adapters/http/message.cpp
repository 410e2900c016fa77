// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/message.hpp"

#include <algorithm>

#include "adapters/http/live/stream_opening.hpp"

namespace vcare::http {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
    for (const auto& field : fields_) {
        if (equal_ignoring_case(field.name, name)) return field.value;
    }
    return std::nullopt;
}

Response::Response() = default;
Response::Response(int status_, std::string content_type, std::string body_)
    : status(status_), body(std::move(body_)) {
    headers.add("Content-Type", std::move(content_type));
}
Response::Response(Response&&) noexcept = default;
Response& Response::operator=(Response&&) noexcept = default;
Response::~Response() = default;

}  // namespace vcare::http
