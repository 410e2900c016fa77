// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/unit_of_work.hpp"

namespace vcare::application {

/// Reads of join tokens, visit credentials and kept answers.
class CredentialStore {
  public:
    virtual ~CredentialStore() = default;
    [[nodiscard]] virtual Task<Result<std::optional<domain::JoinTokenRecord>>> find_token(
        domain::TenantScope scope, std::string jti) = 0;
    [[nodiscard]] virtual Task<Result<std::optional<domain::JoinTokenRecord>>> find_token_by_code(
        domain::TenantScope scope, std::string code_hash) = 0;
    /// The newest token of a participant, void or not.
    [[nodiscard]] virtual Task<Result<std::optional<domain::JoinTokenRecord>>> newest_token(
        domain::TenantScope scope, domain::ParticipantId participant) = 0;

    /// By the hash of its secret; a void one is returned too, with `voided_at`.
    [[nodiscard]] virtual Task<Result<std::optional<VisitCredentialRecord>>> find_credential(
        domain::TenantScope scope, domain::ParticipantId participant, std::string secret_hash) = 0;

    /// The answer kept under this caller and key, with the fingerprint it was kept for; kept 24 h.
    [[nodiscard]] virtual Task<Result<std::optional<KeptAnswerRecord>>> find_kept_answer(
        domain::TenantScope scope, std::string caller, std::string key) = 0;
};

}  // namespace vcare::application
