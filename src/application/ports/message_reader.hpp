// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>

#include "application/inbound_event.hpp"

namespace vcare::application {

/// A message as it came.
struct InboundMessage {
    std::string stream;          ///< or the name of the file
    std::uint64_t sequence = 0;  ///< its place there
    std::string subject = {};    ///< what it was sent to; empty: its type says what it is
    std::string id = {};         ///< of its headers; empty: it has one in it
    std::string body = {};
    domain::Instant stored_at = {};  ///< when its stream took it

    /// What it is known by here, whatever it says.
    [[nodiscard]] std::string place() const { return stream + ":" + std::to_string(sequence); }
};

/// It can never be taken as it is.
struct Unreadable {
    std::string problem;  ///< names fields, never their values
    std::string tenant = {};
    std::string message_id = {};
    std::string type = {};  ///< one that we know; empty: none
};
/// On a subject that other events share: none of those we were told of.
struct NotForUs {};
using ReadMessage = std::variant<InboundEvent, Unreadable, NotForUs>;

/// Knows how producers name and shape what they tell.
class MessageReader {
  public:
    virtual ~MessageReader() = default;
    /// Never throws, whatever the message is.
    [[nodiscard]] virtual ReadMessage read(const InboundMessage& message) const = 0;
};

}  // namespace vcare::application
