// SPDX-License-Identifier: Apache-2.0
#include "adapters/sealing/phi_seal.hpp"

#include <algorithm>

namespace vcare::sealing {
namespace {

/// Of a text whose version cannot be read. No key has it, so that nothing opens.
constexpr unsigned no_version = 0;

}  // namespace

void PhiSeal::note_version(const std::string& stored, std::set<unsigned>& versions) {
    if (is_sealed(stored)) versions.insert(key_version_of(stored).value_or(no_version));
}

bool PhiSeal::open_in_place(std::string& stored, const TenantKeys& keys, const Place& place) {
    if (!is_sealed(stored)) return true;
    const auto key = std::ranges::find(keys, key_version_of(stored).value_or(no_version),
                                       &application::TenantKey::version);
    if (key == keys.end()) return false;
    auto plain = open_text(*key, stored, place);
    if (!plain) return false;
    stored = *std::move(plain);
    return true;
}

Task<Result<TenantKeys>> PhiSeal::keys_of(domain::TenantScope scope, std::set<unsigned> versions) {
    TenantKeys keys;
    for (const unsigned version : versions) {
        if (version == no_version) continue;
        auto key = co_await keys_.key_of_version(scope, application::KeyPurpose::phi, version);
        if (!key) co_return std::unexpected{application::lost_key(key.error())};
        keys.push_back(*std::move(key));
    }
    co_return keys;
}

std::unexpected<Error> PhiSeal::refuse_broken(std::string_view column) {
    telemetry_.log(application::Severity::error, "phi.does_not_open", {{"column", std::string{column}}});
    return domain::refuse(ErrorCode::internal_error, "The store and the service disagree.");
}

}  // namespace vcare::sealing
