// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "domain/ids.hpp"
#include "domain/phi.hpp"
#include "domain/time.hpp"

/// How the domain's small values look in JSON. For codec files only.
namespace vcare::json {

using boost::json::array;
using boost::json::object;
using boost::json::value;

inline std::string text_of(domain::Instant at) {
    return domain::to_rfc3339(at);
}
inline std::string_view text_of(const std::string& text) {
    return text;
}
inline const std::string& text_of(const domain::Phi<std::string>& phi) {
    return phi.reveal();
}
template <class Tag>
const std::string& text_of(const domain::OwnId<Tag>& id) {
    return id.text();
}
template <class Tag>
const std::string& text_of(const domain::OpaqueId<Tag>& id) {
    return id.text();
}

/// Leaves the field out when there is nothing to say.
template <class T>
void put(object& into, std::string_view name, const std::optional<T>& from) {
    if constexpr (std::is_arithmetic_v<T>) {
        if (from) into[name] = *from;
    } else {
        if (from) into[name] = text_of(*from);
    }
}
/// The same for texts whose absence is the empty text.
inline void put_if_any(object& into, std::string_view name, std::string_view text) {
    if (!text.empty()) into[name] = text;
}

inline std::string_view view_of(const boost::json::string& text) {
    return {text.data(), text.size()};
}

/// The field as text, number or truth; nothing when it is absent or something else.
[[nodiscard]] std::optional<std::string> find_text(const object& from, std::string_view name);
[[nodiscard]] std::optional<std::int64_t> find_integer(const object& from, std::string_view name);
[[nodiscard]] std::optional<double> find_number(const object& from, std::string_view name);
[[nodiscard]] std::optional<bool> find_truth(const object& from, std::string_view name);

/// The object that the text holds; nothing for anything else. For what this service wrote itself.
[[nodiscard]] std::optional<object> parse_object(std::string_view text);

}  // namespace vcare::json
