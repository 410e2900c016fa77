// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "domain/permission.hpp"
#include "domain/tenant_scope.hpp"

namespace vcare::application {

/// An answer kept for 24 h under an Idempotency-Key, to be given again byte for byte.
struct KeptAnswer {
    int status = 0;
    std::string location = {};
    std::string etag = {};
    std::string body = {};  ///< without secrets: they are derived again, see `ReissueSecret`
    /// What the secret left out of the body belongs to; empty when there is none.
    std::string secret_of = {};
};

/// Under which key an answer is kept, and the fingerprint of the request it answers. `caller` is the user
/// id of a bearer or the `jti` of a join token.
struct IdempotencyKey {
    std::string caller;
    std::string key;
    std::string fingerprint;  ///< SHA-256 of method, path and canonical body, hex
};

/// How a use case keeps its answer: the adapter that speaks to the client renders what the command
/// returned, before the commit, so that answer and effect are one transaction. Empty: nothing is kept.
template <class Answer>
struct KeepAnswer {
    std::optional<IdempotencyKey> key = {};
    std::function<KeptAnswer(const Answer&)> render = {};
};

/// The answer of a command that has nothing to say but that it is done.
struct Done {};

/// Where a request comes from and how it is traced. Carries no PHI.
struct RequestContext {
    std::string trace_id = {};        ///< 32 hex digits: the one of `trace`, for logs and people
    domain::TraceContext trace = {};  ///< of answering this request, for whatever is caused by it
    std::string request_id = {};
    std::string remote_address = {};

    /// Of work that nobody asked for by a request.
    [[nodiscard]] static RequestContext of(const domain::TraceContext& cause) {
        return {.trace_id = cause.is_there() ? domain::to_hex(cause.trace) : "", .trace = cause};
    }
};

/// A staff member or portal patient with a verified bearer.
struct StaffContext {
    domain::Caller caller;
    domain::TenantScope scope;
    RequestContext request;
};

/// A participant with a verified visit credential.
struct VisitContext {
    domain::SessionId session;
    domain::ParticipantId participant;
    domain::TenantScope scope;
    RequestContext request;
    /// Of the credential; nothing for a staff member's own seat, which rests on their bearer.
    std::optional<domain::Instant> issued_at = {};
};

}  // namespace vcare::application
