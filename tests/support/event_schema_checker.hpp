// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "domain/event.hpp"

namespace vcare::support {

/// Everything in which an event as published differs from its schemas (envelope, data, and how the two fit
/// together), one line each; empty when it may go out.
[[nodiscard]] std::vector<std::string> problems_of_event(const boost::json::value& cloud_event);

/// The same for the data of an event that has not got its envelope yet.
[[nodiscard]] std::vector<std::string> problems_of_event(const domain::Event& event);

}  // namespace vcare::support
