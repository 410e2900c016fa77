// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/keys/pkcs11_uri.hpp"

namespace vcare::keys {

/// Why a token did not do what it was asked.
enum class TokenFailure : std::uint8_t {
    away,         ///< no module, no token, or one that was taken out
    pin_refused,  ///< it is not tried again: a token locks itself after a few wrong ones
    no_such_key,
    rejected,  ///< the token is there and says no: the text was not wrapped by it, a mechanism is missing
};
/// A fixed word, for labels and log lines.
[[nodiscard]] std::string_view word_of(TokenFailure failure);

template <class T>
using TokenAnswer = std::expected<T, TokenFailure>;

/// A token behind a PKCS#11 module, by the functions that are needed of it. Everything blocks; safe to use
/// from any thread, each with a session of its own. The module is loaded, the token found and logged in to at
/// the first call, and again after it was gone. One object a process and module (PKCS#11 2.40, 5.4:
/// `C_Initialize` is once a process).
///
/// Keys are made on the token (`CKA_SENSITIVE`, not `CKA_EXTRACTABLE`), and keys that could be taken out are
/// not used. A key's versions share its label; `CKA_ID` is `<version>-<random>`, so that two replicas that
/// make the same version at once make two keys that can be told apart.
class Pkcs11Token {
  public:
    virtual ~Pkcs11Token() = default;

    /// AES-256-GCM under the newest version, which is made when there is none: `p11:<id>:<base64url>`.
    [[nodiscard]] virtual TokenAnswer<std::string> wrap(const std::string& label, const std::string& secret,
                                                        const std::string& bound_to) = 0;
    [[nodiscard]] virtual TokenAnswer<std::string> unwrap(const std::string& label,
                                                          const std::string& wrapped,
                                                          const std::string& bound_to) = 0;
    /// Makes the next version of an AES key.
    [[nodiscard]] virtual TokenAnswer<void> rotate(const std::string& label) = 0;

    /// ES256 under the newest pair of P-256, which is made when there is none: `p11:<id>:<base64url>`.
    [[nodiscard]] virtual TokenAnswer<std::string> sign(const std::string& label,
                                                        const std::string& text) = 0;
    [[nodiscard]] virtual TokenAnswer<bool> verify(const std::string& label, const std::string& text,
                                                   const std::string& signature) = 0;

    /// Whether it can be used now.
    [[nodiscard]] virtual TokenAnswer<void> look() = 0;
};

[[nodiscard]] std::unique_ptr<Pkcs11Token> make_pkcs11_token(Pkcs11Uri uri, std::string pin);

}  // namespace vcare::keys
