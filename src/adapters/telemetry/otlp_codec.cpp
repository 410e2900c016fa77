// SPDX-License-Identifier: Apache-2.0
#include "adapters/telemetry/otlp_codec.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace vcare::telemetry {
namespace {

namespace json = boost::json;
using application::FinishedSpan;

constexpr int status_error = 2;

json::object attribute(std::string_view name, std::string_view value) {
    return {{"key", name}, {"value", {{"stringValue", value}}}};
}

std::string nanoseconds(application::SpanTime at) {
    return std::to_string(std::chrono::nanoseconds{at.time_since_epoch()}.count());
}

json::object encode(const FinishedSpan& span) {
    json::array attributes;
    for (const auto& [name, value] : span.attributes) attributes.push_back(attribute(name, value));
    json::object encoded = {{"traceId", domain::to_hex(span.context.trace)},
                            {"spanId", domain::to_hex(span.context.span)},
                            {"name", span.name},
                            {"kind", static_cast<int>(span.kind)},
                            {"startTimeUnixNano", nanoseconds(span.began)},
                            {"endTimeUnixNano", nanoseconds(span.ended)},
                            {"attributes", std::move(attributes)}};
    if (span.parent != domain::SpanId{}) encoded["parentSpanId"] = domain::to_hex(span.parent);
    if (span.has_failed) encoded["status"] = json::object{{"code", status_error}};
    return encoded;
}

}  // namespace

std::string encode_spans(std::span<const FinishedSpan> spans, const SpanSource& source) {
    json::array encoded;
    for (const FinishedSpan& span : spans) encoded.push_back(encode(span));
    const json::array resource = {attribute("service.name", "vcare"),
                                  attribute("service.version", source.version),
                                  attribute("service.instance.id", source.instance)};
    const json::object scope_spans = {{"scope", {{"name", "vcare"}}}, {"spans", std::move(encoded)}};
    return json::serialize(json::object{
        {"resourceSpans", json::array{json::object{{"resource", json::object{{"attributes", resource}}},
                                                   {"scopeSpans", json::array{scope_spans}}}}}});
}

}  // namespace vcare::telemetry
