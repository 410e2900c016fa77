// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace vcare::telemetry {

/// Appends what Linux says of this process, under the names Prometheus's own libraries use. What cannot be
/// read is left out.
void write_process_metrics(std::string& out);

}  // namespace vcare::telemetry
