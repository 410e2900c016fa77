// SPDX-License-Identifier: Apache-2.0
#include "adapters/events/signal_codec.hpp"

#include <boost/json/serialize.hpp>

#include "adapters/json/fields.hpp"

namespace vcare::events {
namespace {

template <class Id>
std::optional<Id> id_in(const json::object& fields, std::string_view name) {
    const auto text = json::find_text(fields, name);
    return text ? Id::parse(*text) : std::nullopt;
}

}  // namespace

std::string encode_signal(const application::Signal& signal) {
    return boost::json::serialize(json::object{{"tenant", signal.tenant.text()},
                                               {"session", signal.session.text()},
                                               {"from", signal.from.text()},
                                               {"to", signal.to.text()},
                                               {"kind", signal.kind},
                                               {"payload", signal.payload}});
}

std::optional<application::Signal> decode_signal(std::string_view text) {
    const auto fields = json::parse_object(text);
    if (!fields) return std::nullopt;
    auto tenant = id_in<domain::TenantId>(*fields, "tenant");
    auto session = id_in<domain::SessionId>(*fields, "session");
    auto from = id_in<domain::ParticipantId>(*fields, "from");
    auto to = id_in<domain::ParticipantId>(*fields, "to");
    auto kind = json::find_text(*fields, "kind");
    auto payload = json::find_text(*fields, "payload");
    const bool names_people = tenant && session && from && to;
    if (!names_people || !kind || !payload) return std::nullopt;
    return application::Signal{*std::move(tenant), *std::move(session), *std::move(from),
                               *std::move(to),     *std::move(kind),    *std::move(payload)};
}

}  // namespace vcare::events
