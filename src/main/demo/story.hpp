// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "application/ports/unit_of_work.hpp"
#include "domain/event.hpp"

namespace vcare::program {

/// A published event as one sentence for somebody who watches the demo; empty when it says nothing new.
[[nodiscard]] std::string sentence_of(const domain::Event& event);

/// What happened to a session without an event: a link was looked at, somebody came back.
[[nodiscard]] std::vector<std::string> sentences_of(const application::SessionWrite& write);

}  // namespace vcare::program
