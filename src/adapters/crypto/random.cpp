// SPDX-License-Identifier: Apache-2.0
#include "adapters/crypto/random.hpp"

#include <openssl/rand.h>

#include "domain/check.hpp"

namespace vcare::crypto {

void fill_random(std::span<std::byte> bytes) {
    const int done =
        RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    VCARE_CHECK(done == 1, "the kernel has randomness once it has booted");
}

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    fill_random(std::as_writable_bytes(std::span{out}));
    return out;
}

}  // namespace vcare::crypto
