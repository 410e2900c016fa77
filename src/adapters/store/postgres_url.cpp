// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/postgres_url.hpp"

#include <memory>
#include <sstream>
#include <string_view>

#include <libpq-fe.h>

namespace vcare::store {
namespace {

struct FreeOptions {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

std::vector<std::string> parts_of(const std::string& list) {
    std::vector<std::string> parts;
    std::istringstream items{list};
    for (std::string item; std::getline(items, item, ',');) parts.push_back(item);
    return parts;
}

}  // namespace

std::optional<PostgresUrl> parse_postgres_url(const std::string& url) {
    char* problem = nullptr;
    const std::unique_ptr<PQconninfoOption, FreeOptions> options{PQconninfoParse(url.c_str(), &problem)};
    PQfreemem(problem);  // it may repeat what is secret
    if (!options) return std::nullopt;
    PostgresUrl parsed;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val == nullptr) continue;
        const std::string_view name = option->keyword;
        const std::string value = option->val;
        // An address says where to go, whatever name stands beside it.
        const bool is_address = name == "hostaddr" && !value.empty();
        if (is_address || (name == "host" && parsed.hosts.empty())) parsed.hosts = parts_of(value);
        if (name == "sslmode") parsed.ssl_mode = value;
        if (name == "password") parsed.has_password = true;
    }
    return parsed;
}

}  // namespace vcare::store
