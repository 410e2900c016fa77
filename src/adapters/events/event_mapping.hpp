// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "application/ports/message_reader.hpp"

namespace vcare::events {

/// One stream of another service. An empty filter takes everything in it.
struct MappedStream {
    std::string name;
    std::string filter = {};
};

/// How producers name and shape what they tell, as a JSON document says (docs/nats.md): which streams, which
/// types and subjects mean what, and where each field is.
class EventMapping : public application::MessageReader {
  public:
    [[nodiscard]] virtual const std::vector<MappedStream>& streams() const = 0;
};

/// The mapping that a document says; else what is wrong with it, in one sentence.
[[nodiscard]] std::expected<std::unique_ptr<EventMapping>, std::string> parse_event_mapping(
    std::string_view document);

/// The document of a mapping that comes with the program (`cloudevents`, `plain`); empty: there is none of
/// that name.
[[nodiscard]] std::string_view shipped_mapping(std::string_view name);

/// What messages are known as taken by; also the durable consumer's name on each stream.
inline constexpr const char* inbox_consumer = "vcare";

}  // namespace vcare::events
