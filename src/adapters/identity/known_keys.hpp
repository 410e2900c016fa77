// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "adapters/identity/token_codec.hpp"
#include "domain/time.hpp"

namespace vcare::identity {

/// How often an issuer is asked for its keys.
struct KeyPace {
    domain::seconds fresh_for{300};    ///< keys that are older are fetched anew
    domain::seconds kept_for{86'400};  ///< for so long they count while they cannot be fetched anew
    domain::seconds floor{10};         ///< between two questions, however many unknown keys are named
};

/// What is known of one issuer's keys, and when it may be asked again. Performs nothing and asks no clock.
/// One thread at a time.
class KnownKeys {
  public:
    explicit KnownKeys(KeyPace pace) : pace_(pace) {}

    /// The key, when it is known and not too old to count.
    [[nodiscard]] std::optional<crypto::PublicKey> find(const std::string& kid, domain::Instant now) const;
    /// Whether a key that is not known does not exist: the issuer's last answer is there and counts.
    [[nodiscard]] bool is_complete(domain::Instant now) const;
    /// Whether it is time to fetch the keys anew.
    [[nodiscard]] bool are_old(domain::Instant now) const;
    /// Whether the floor between two questions has passed; if not, for how long to wait.
    [[nodiscard]] bool may_ask(domain::Instant now) const { return until_next_question(now).count() <= 0; }
    [[nodiscard]] domain::milliseconds until_next_question(domain::Instant now) const;

    /// A question ended, with the keys or without.
    void learned(KeysById keys, domain::Instant now);
    void learned_nothing(domain::Instant now);

  private:
    [[nodiscard]] bool count(domain::Instant now) const;

    KeyPace pace_;
    KeysById keys_;
    std::optional<domain::Instant> fetched_at_;
    std::optional<domain::Instant> asked_at_;
    bool last_question_failed_ = false;
};

}  // namespace vcare::identity
