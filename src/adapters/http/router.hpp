// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/http/contract/operations.hpp"

namespace vcare::http {

/// Where a request leads. Values are those of the path's `{…}`, in order, decoded.
struct Match {
    contract::OperationId operation{};
    std::string_view template_path;
    std::vector<std::string> values;
};

/// Why a request leads nowhere: the methods its path does know; none for an unknown path.
struct NoMatch {
    std::vector<std::string_view> allowed;
};

/// Finds the operation of a method and path in the contract's routes.
class Router {
  public:
    explicit Router(std::span<const contract::Route> routes);

    /// HEAD is answered wherever GET is.
    [[nodiscard]] std::optional<Match> find(std::string_view method, std::string_view path) const;
    [[nodiscard]] NoMatch explain(std::string_view path) const;

  private:
    std::span<const contract::Route> routes_;
};

/// A query or a path segment without its percent encoding; nothing when the encoding is broken.
[[nodiscard]] std::optional<std::string> decode_percent(std::string_view text, bool plus_is_space);

struct QueryParameter {
    std::string name;
    std::string value;
};
[[nodiscard]] std::optional<std::vector<QueryParameter>> parse_query(std::string_view query);

}  // namespace vcare::http
