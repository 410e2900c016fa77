// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "application/ports/cryptography.hpp"

namespace vcare::keys {

[[nodiscard]] std::unique_ptr<application::Cryptography> make_cryptography();

}  // namespace vcare::keys
