// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "application/ports/work_queues.hpp"

namespace vcare::json {

/// An event's data as JSON text, to be stored; `decode_event_data` gives the same record back.
[[nodiscard]] std::string encode_event_data(const domain::EventRecord& data);
[[nodiscard]] std::optional<domain::EventRecord> decode_event_data(std::string_view text);

/// The event as everybody outside sees it: CloudEvents 1.0 in structured JSON, described by
/// api/events/cloudevent.schema.json. `source` names this service.
[[nodiscard]] std::string encode_cloud_event(const domain::TenantId& tenant,
                                             const application::OutboxEntry& entry, std::string_view source);

}  // namespace vcare::json
