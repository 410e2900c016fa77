// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/http/call.hpp"

namespace vcare::http {

[[nodiscard]] Response json_response(int status, std::string body);
/// 202 and 204 have nothing to say.
[[nodiscard]] Response empty_response(int status);
/// An event stream's head; what follows comes from `stream`.
[[nodiscard]] Response stream_response(std::unique_ptr<StreamOpening> stream);

/// `"3"`.
[[nodiscard]] std::string etag_of(std::uint64_t version);

/// An answer as it is kept: all of it but its secrets.
[[nodiscard]] Response to_response(const application::KeptAnswer& kept,
                                   const application::Idempotency::Secrets& secrets,
                                   const ServerOptions& options);

/// Whom a refusal is told to.
struct RefusalContext {
    std::string_view instance;  ///< the path asked for
    std::string_view trace_id;
    bool as_fhir = false;
};
[[nodiscard]] Response problem_response(const Error& error, const RefusalContext& context);

}  // namespace vcare::http
