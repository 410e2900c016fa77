// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "application/ports/credential_store.hpp"
#include "application/ports/encounter_keeper.hpp"
#include "application/ports/keys.hpp"
#include "application/ports/session_store.hpp"
#include "application/ports/telemetry.hpp"
#include "application/ports/unit_of_work.hpp"

namespace vcare::sealing {

/// What sealing needs beside the port that it stands before; all outlive it.
struct SealNeeds {
    application::KeyService& keys;
    application::Telemetry& telemetry;
};

/// Each stands before the store's own port of the same kind: plain on this side, sealed on the store's.
[[nodiscard]] std::unique_ptr<application::UnitOfWorkRunner> make_sealed_units(
    application::UnitOfWorkRunner& store, SealNeeds needs);
[[nodiscard]] std::unique_ptr<application::SessionStore> make_sealed_sessions(
    application::SessionStore& store, SealNeeds needs);
[[nodiscard]] std::unique_ptr<application::CredentialStore> make_sealed_credentials(
    application::CredentialStore& store, SealNeeds needs);
[[nodiscard]] std::unique_ptr<application::EncounterKeeper> make_sealed_encounters(
    application::EncounterKeeper& store, SealNeeds needs);

}  // namespace vcare::sealing
