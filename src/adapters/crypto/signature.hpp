// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace vcare::crypto {

/// The two algorithms a public key here is for (RFC 7518).
enum class SignatureAlgorithm { es256, rs256 };

/// A public key with the one algorithm it may verify. Cheap to copy; safe to use from any thread.
class PublicKey {
  public:
    struct Native;

    /// From the members of a JWK, decoded: a point of P-256 (32 bytes each), or an RSA modulus of at least
    /// 2048 bits with its exponent. Nothing for anything else.
    [[nodiscard]] static std::optional<PublicKey> of_p256(std::string_view x, std::string_view y);
    [[nodiscard]] static std::optional<PublicKey> of_rsa(std::string_view modulus, std::string_view exponent);

    [[nodiscard]] SignatureAlgorithm algorithm() const { return algorithm_; }
    /// `signature` as JWS has it: for ES256 the two numbers, 32 bytes each.
    [[nodiscard]] bool verifies(std::string_view text, std::string_view signature) const;

  private:
    friend class Es256Key;
    PublicKey(SignatureAlgorithm algorithm, std::shared_ptr<const Native> native)
        : algorithm_(algorithm), native_(std::move(native)) {}
    SignatureAlgorithm algorithm_;
    std::shared_ptr<const Native> native_;
};

/// A private key of P-256. Cheap to copy; safe to use from any thread.
class Es256Key {
  public:
    [[nodiscard]] static Es256Key generate();
    /// PKCS #8, unencrypted.
    [[nodiscard]] static std::optional<Es256Key> parse_pem(std::string_view pem);
    [[nodiscard]] std::string to_pem() const;

    [[nodiscard]] std::string sign(std::string_view text) const;
    [[nodiscard]] PublicKey public_key() const;

    /// The public point, 32 bytes each.
    struct Point {
        std::string x;
        std::string y;
    };
    [[nodiscard]] Point point() const;

  private:
    explicit Es256Key(std::shared_ptr<const PublicKey::Native> native) : native_(std::move(native)) {}
    std::shared_ptr<const PublicKey::Native> native_;
};

}  // namespace vcare::crypto
