// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "application/ports/event_bus.hpp"

namespace vcare::events {

/// A signal on its way from one replica to another. Nothing when the text is anything else.
[[nodiscard]] std::string encode_signal(const application::Signal& signal);
[[nodiscard]] std::optional<application::Signal> decode_signal(std::string_view text);

}  // namespace vcare::events
