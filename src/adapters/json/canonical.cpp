// SPDX-License-Identifier: Apache-2.0
#include "adapters/json/canonical.hpp"

#include <algorithm>
#include <vector>

#include <boost/json/serialize.hpp>

namespace vcare::json {
namespace {

// As deep as the request's reader lets a value be.
void append(const boost::json::value& value, std::string& text) {
    if (const auto* list = value.if_array()) {
        text += '[';
        for (const auto& item : *list) {
            if (text.back() != '[') text += ',';
            append(item, text);
        }
        text += ']';
        return;
    }
    const auto* fields = value.if_object();
    if (fields == nullptr) {
        text += boost::json::serialize(value);
        return;
    }
    std::vector<const boost::json::key_value_pair*> sorted;
    for (const auto& field : *fields) sorted.push_back(&field);
    std::ranges::sort(sorted, {}, [](const auto* field) {
        return std::string_view{field->key().data(), field->key().size()};
    });
    text += '{';
    for (const auto* field : sorted) {
        if (field != sorted.front()) text += ',';
        text += boost::json::serialize(boost::json::string{field->key()});
        text += ':';
        append(field->value(), text);
    }
    text += '}';
}

}  // namespace

std::string canonical_text(const boost::json::value& value) {
    std::string text;
    append(value, text);
    return text;
}

}  // namespace vcare::json
