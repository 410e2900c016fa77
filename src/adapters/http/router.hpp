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

/// Finds the operation of a method and path in the contract's routes: a tree of path segments, made once, so
/// that a request is compared with the segments it could go on with and not with every route.
class Router {
  public:
    explicit Router(std::span<const contract::Route> routes);

    /// HEAD is answered wherever GET is.
    [[nodiscard]] std::optional<Match> find(std::string_view method, std::string_view path) const;
    [[nodiscard]] NoMatch explain(std::string_view path) const;

  private:
    /// What can follow a beginning of a path. Nodes are named by their place in `nodes_`.
    struct Node {
        std::vector<std::pair<std::string_view, std::size_t>> fixed;
        std::optional<std::size_t> variable;
        std::vector<const contract::Route*> routes;  ///< that end here
    };
    std::size_t next_node(std::size_t node, std::string_view segment);
    template <class Visit>
    bool visit_ends(std::size_t node, std::string_view path, const Visit& visit) const;

    std::vector<Node> nodes_ = {Node{}};
};

/// A query or a path segment without its percent encoding; nothing when the encoding is broken.
[[nodiscard]] std::optional<std::string> decode_percent(std::string_view text, bool plus_is_space);

struct QueryParameter {
    std::string name;
    std::string value;
};
[[nodiscard]] std::optional<std::vector<QueryParameter>> parse_query(std::string_view query);

}  // namespace vcare::http
