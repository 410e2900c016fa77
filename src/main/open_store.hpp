// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/store/store.hpp"
#include "adapters/video/embedded_video.hpp"
#include "main/adapter_set.hpp"

namespace vcare::program {

/// The store that the settings name. Throws `DependencyAway` with a sentence for the operator.
[[nodiscard]] std::unique_ptr<store::Store> open_store(const Settings& settings,
                                                       const AdapterOptions& options,
                                                       application::Telemetry& telemetry);

[[nodiscard]] video::EmbeddedVideoSettings video_settings(const Settings& settings);

}  // namespace vcare::program
