// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "application/task.hpp"

namespace vcare::keys {

/// A service that keeps keys and never gives them out: an HSM, or Vault's transit engine. What it is asked
/// for is rare: data keys are kept by `EnvelopeKeys` once they are unwrapped.
///
/// Whatever is no clear success is `key_service_unavailable`, within a few seconds. Safe to call from any
/// loop; each call comes back on the executor of its caller.
class KeyEncryption {
  public:
    virtual ~KeyEncryption() = default;

    /// Encrypts `secret` under the newest version of the key `name`, which is made when there is none;
    /// `bound_to` must be said again to unwrap. Gives text.
    [[nodiscard]] virtual Task<Result<std::string>> wrap(std::string name, std::string secret,
                                                         std::string bound_to) = 0;
    /// By the version of the key that it was wrapped under.
    [[nodiscard]] virtual Task<Result<std::string>> unwrap(std::string name, std::string wrapped,
                                                           std::string bound_to) = 0;
    /// Makes a new version of the key, for what is wrapped from now on; older versions still unwrap.
    [[nodiscard]] virtual Task<Result<void>> rotate(std::string name) = 0;

    /// ES256 under the key `name`, which is made when there is none. Gives text that names the version.
    [[nodiscard]] virtual Task<Result<std::string>> sign(std::string name, std::string text) = 0;
    [[nodiscard]] virtual Task<Result<bool>> verify(std::string name, std::string text,
                                                    std::string signature) = 0;

    /// Asks for nothing but whether the service would answer. How it went is heard by the `Dependency`.
    [[nodiscard]] virtual Task<void> look() = 0;
};

}  // namespace vcare::keys
