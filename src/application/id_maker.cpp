// SPDX-License-Identifier: Apache-2.0
#include "application/id_maker.hpp"

namespace vcare::application {

std::string IdMaker::random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    randomness_.fill(std::as_writable_bytes(std::span{bytes}));
    return bytes;
}

}  // namespace vcare::application
