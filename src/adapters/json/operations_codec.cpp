// SPDX-License-Identifier: Apache-2.0
#include "adapters/json/operations_codec.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "adapters/json/fields.hpp"

namespace vcare::json {

using boost::json::serialize;

std::string encode_health(bool is_ready, const std::vector<DependencyLine>& dependencies) {
    array list;
    for (const auto& dependency : dependencies) {
        object line{
            {"name", dependency.name}, {"state", dependency.state}, {"ageSeconds", dependency.age_seconds}};
        put_if_any(line, "detail", dependency.detail);
        list.push_back(std::move(line));
    }
    return serialize(object{
        {"status", is_ready ? "ready" : "not_ready"}, {"live", true}, {"dependencies", std::move(list)}});
}

std::string encode_liveness() {
    return serialize(object{{"status", "live"}});
}

std::string encode_version(std::string_view version, std::string_view commit) {
    object document{{"version", version}};
    put_if_any(document, "commit", commit);
    return serialize(document);
}

}  // namespace vcare::json
