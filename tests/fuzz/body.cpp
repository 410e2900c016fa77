// SPDX-License-Identifier: Apache-2.0
// JSON bodies: read, checked against every operation's table, and turned into commands when they fit.
#include <boost/json/serialize.hpp>

#include "adapters/http/contract/json_reader.hpp"
#include "adapters/http/contract/operations.hpp"
#include "adapters/http/contract/request_validator.hpp"
#include "adapters/json/canonical.hpp"
#include "adapters/json/command_codec.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace vcare::http::contract;
using vcare::fuzz::require;

bool fits(const boost::json::value& body, OperationId id) {
    return operation(id).body == BodyKind::json && validate(body, id).empty();
}

void make_commands(const boost::json::value& body) {
    if (fits(body, OperationId::create_session)) (void)vcare::json::to_create_session(body.as_object());
    if (fits(body, OperationId::record_consent)) (void)vcare::json::to_recorded_consent(body.as_object());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto body = parse_json(vcare::fuzz::text_of(data, size));
    if (!body) return 0;

    for (const Operation& operation : operations())
        if (operation.body == BodyKind::json) (void)validate(*body, operation.id);
    make_commands(*body);

    const std::string canonical = vcare::json::canonical_text(*body);
    const auto again = parse_json(canonical);
    require(again.has_value(), "the canonical text can be read");
    require(vcare::json::canonical_text(*again) == canonical, "the canonical text is its own canonical text");
    return 0;
}
