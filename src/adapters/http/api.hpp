// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "adapters/http/call.hpp"
#include "adapters/http/request_handler.hpp"

namespace vcare::http {

/// Which operations a listener answers.
enum class Audience : std::uint8_t { everybody, operators };

/// Leads a request to its route and makes its answer whole: tracing, headers, refusals, metrics, log.
class Api final : public RequestHandler {
  public:
    /// `parts`: of each loop, by its number.
    Api(Common& common, std::vector<std::unique_ptr<LoopParts>>& parts, Audience audience);

    [[nodiscard]] std::size_t max_body_bytes(const Request& head) const override;
    [[nodiscard]] Task<Response> answer(Loop* loop, Request request) override;
    [[nodiscard]] Response refuse(const domain::Error& error) const override;

  private:
    struct Seen {
        std::string_view method;
        std::string_view route;
        domain::Instant at;
        bool is_api = true;
        domain::SpanId caller = {};  ///< the piece of work of the client that this is for
        std::optional<application::SpanStart> span = {};
    };
    [[nodiscard]] Task<Response> run(Call call);
    [[nodiscard]] Response answer_elsewhere(const Request& request, std::string_view trace_id,
                                            Seen& seen) const;
    [[nodiscard]] Result<Response> page_or_nothing(const Request& request) const;
    [[nodiscard]] bool serves(contract::OperationId operation) const;
    void complete(Response& response, const Seen& seen, const application::RequestContext& context) const;
    void note(const Seen& seen, const application::RequestContext& context, const Response& response) const;
    void trace(const Seen& seen, const application::RequestContext& context, int status) const;

    Common& common_;
    std::vector<std::unique_ptr<LoopParts>>& parts_;
    Audience audience_;
    Router router_;
};

}  // namespace vcare::http
