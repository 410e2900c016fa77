// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/telemetry.hpp"

namespace vcare::application {

/// A piece of work that ends with its scope, whatever way that is left. Lives in one coroutine; `telemetry`
/// outlives it. Where nobody wants to see it, it costs one call.
class Span {
  public:
    Span(Telemetry& telemetry, const domain::TraceContext& cause, SpanKind kind, std::string_view name)
        : telemetry_(telemetry), context_(cause) {
        const auto start = telemetry.begin_span(cause);
        if (!start) return;
        context_.span = start->id;
        span_ = FinishedSpan{.context = context_,
                             .parent = cause.span,
                             .kind = kind,
                             .name = std::string{name},
                             .began = start->at};
    }
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;
    ~Span() {
        if (span_) telemetry_.end_span(*std::move(span_));
    }

    /// What this work causes is caused by: itself, or where it is not seen whatever caused it.
    [[nodiscard]] const domain::TraceContext& context() const { return context_; }

    void set(std::string_view name, std::string_view value) {
        if (span_) span_->attributes.push_back({name, std::string{value}});
    }
    void fail() {
        if (span_) span_->has_failed = true;
    }

  private:
    Telemetry& telemetry_;
    domain::TraceContext context_;
    std::optional<FinishedSpan> span_;
};

}  // namespace vcare::application
