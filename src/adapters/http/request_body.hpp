// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include "adapters/http/call.hpp"

namespace vcare::http {

/// The JSON body of a call, read and checked against the contract. `unsupported_media_type` when it is not
/// said to be JSON, `validation_error` with pointers when it is not what the operation takes. An optional
/// body that is absent is an empty object.
[[nodiscard]] Result<boost::json::object> read_body(const Exchange& exchange);

/// The same, but only that it is a JSON object: for calls that are authenticated by what is in it.
[[nodiscard]] Result<boost::json::object> read_unchecked_body(const Exchange& exchange);

/// Checks query and headers against the contract.
[[nodiscard]] Result<void> check_parameters(const Exchange& exchange);

/// The version a command is meant for, from `If-Match` and the body; `validation_error` at `/version` when
/// they differ.
[[nodiscard]] Result<std::optional<std::uint64_t>> version_of(const Exchange& exchange,
                                                              const boost::json::object& body);
/// For commands that need it.
[[nodiscard]] Result<std::uint64_t> required_version_of(const Exchange& exchange,
                                                        const boost::json::object& body);

/// A body in one form, however it was written, for telling a repeat from another request.
[[nodiscard]] std::string canonical_body(const Exchange& exchange);

}  // namespace vcare::http
