// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>

#include "adapters/http/forwarded.hpp"
#include "adapters/http/in_flight.hpp"
#include "adapters/http/live/live_streams.hpp"
#include "adapters/http/loop.hpp"
#include "adapters/http/message.hpp"
#include "adapters/http/rate_limiter.hpp"
#include "adapters/http/router.hpp"
#include "adapters/http/server.hpp"
#include "adapters/http/trace_context.hpp"
#include "adapters/http/use_cases.hpp"

namespace vcare::http {

/// What all loops share.
struct Common {
    Common(const application::Services& services_, ServerOptions options_)
        : services(services_),
          options(std::move(options_)),
          proxies(options.trusted_proxies),
          failed_joins(options.rates.failed_joins_per_address_per_minute, std::chrono::minutes{1}),
          by_credential(options.rates.requests_per_credential_per_second, std::chrono::seconds{1}),
          by_tenant(options.rates.requests_per_tenant_per_second, std::chrono::seconds{1}) {}

    void keep(const RateLimits& rates) {
        failed_joins.allow(rates.failed_joins_per_address_per_minute);
        by_credential.allow(rates.requests_per_credential_per_second);
        by_tenant.allow(rates.requests_per_tenant_per_second);
    }
    [[nodiscard]] bool is_https() const { return options.public_url.starts_with("https://"); }

    application::Services services;
    ServerOptions options;
    TrustedProxies proxies;
    RateLimiter failed_joins;
    RateLimiter by_credential;
    RateLimiter by_tenant;
    InFlight in_flight;
    std::atomic<bool> is_draining = false;
    std::atomic<std::int64_t> live_streams = 0;
};

/// What one loop has beside its connections.
struct LoopParts {
    LoopParts(Loop& loop_, Common& common, application::ConnectionSamples& samples)
        : loop(loop_),
          trace_ids(common.services.randomness),
          use_cases(common.services, samples),
          streams(loop_, use_cases, common.options, common.live_streams),
          deadline(loop_.executor()) {}

    Loop& loop;
    TraceIds trace_ids;
    UseCases use_cases;
    LiveStreams streams;
    boost::asio::steady_timer deadline;  ///< of a drain
};

/// Who calls, once that is known.
struct KnownCaller {
    domain::TenantScope scope;
    std::string actor;
    std::optional<domain::SessionId> session = {};  ///< the one of a visit credential or a link
};

/// One request on its way through its route.
struct Exchange {
    Request request;
    application::RequestContext context;
    const contract::Operation& operation;
    std::vector<std::string> values;  ///< of the path's variable segments
    std::vector<QueryParameter> query = {};
    Common& common;
    LoopParts& parts;
    std::optional<KnownCaller> caller = {};

    [[nodiscard]] UseCases& use_cases() const { return parts.use_cases; }
    [[nodiscard]] const std::string* find_query(std::string_view name) const {
        for (const auto& parameter : query) {
            if (parameter.name == name) return &parameter.value;
        }
        return nullptr;
    }
};
using Call = std::shared_ptr<Exchange>;

/// A route answers or refuses; the refusal is rendered in one place for all of them.
using Route = Task<Result<Response>> (*)(Call);
[[nodiscard]] Route route_of(contract::OperationId operation);

}  // namespace vcare::http
