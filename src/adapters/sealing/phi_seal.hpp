// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <set>
#include <vector>

#include "adapters/sealing/phi_columns.hpp"
#include "adapters/sealing/sealed_text.hpp"
#include "application/ports/keys.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::sealing {

using TenantKeys = std::vector<application::TenantKey>;

/// Gives `change` the text of a column; an absent or an empty one says nothing and is left alone.
template <class Change>
void change_text(std::string& text, const Change& change) {
    if (!text.empty()) change(text);
}
template <class Change>
void change_text(domain::Phi<std::string>& phi, const Change& change) {
    std::string text = std::move(phi).reveal();
    change_text(text, change);
    phi = domain::Phi{std::move(text)};
}
template <class Text, class Change>
void change_text(std::optional<Text>& text, const Change& change) {
    if (text) change_text(*text, change);
}

/// Seals the PHI of records on their way to the store, and opens it on the way back, under the `phi` key of
/// their tenant. A key is asked for once a record, and before the store has any of it.
class PhiSeal {
  public:
    PhiSeal(application::KeyService& keys, application::Telemetry& telemetry)
        : keys_(keys), telemetry_(telemetry) {}

    /// `key_service_unavailable` when there is no key: then nothing is to be written.
    template <class Record>
    [[nodiscard]] Task<Result<Record>> sealed(domain::TenantScope scope, Record record) {
        bool has_phi = false;
        each_phi(record, [&](std::string_view, const std::string&, auto& text) {
            change_text(text, [&](std::string&) { has_phi = true; });
        });
        if (!has_phi) co_return record;
        const auto key = co_await keys_.current_key(scope, application::KeyPurpose::phi);
        if (!key) co_return std::unexpected{key.error()};
        each_phi(record, [&](std::string_view column, const std::string& row, auto& text) {
            const Place place{.tenant = scope.tenant().text(), .column = column, .row = row};
            change_text(text, [&](std::string& plain) { plain = seal_text(*key, plain, place); });
        });
        co_return record;
    }

    /// What is not sealed stays as it is. `key_service_unavailable` when a key cannot be had,
    /// `internal_error` when a text is not the one that was sealed in this place.
    template <class Record>
    [[nodiscard]] Task<Result<Record>> opened(domain::TenantScope scope, Result<Record> found) {
        if (!found) co_return found;
        std::set<unsigned> versions;
        each_phi(*found, [&](std::string_view, const std::string&, auto& text) {
            change_text(text, [&](const std::string& stored) { note_version(stored, versions); });
        });
        if (versions.empty()) co_return found;
        const auto keys = co_await keys_of(scope, std::move(versions));
        if (!keys) co_return std::unexpected{keys.error()};
        std::string_view broken;
        each_phi(*found, [&](std::string_view column, const std::string& row, auto& text) {
            const Place place{.tenant = scope.tenant().text(), .column = column, .row = row};
            change_text(text, [&](std::string& stored) {
                if (!open_in_place(stored, *keys, place)) broken = column;
            });
        });
        if (!broken.empty()) co_return refuse_broken(broken);
        co_return found;
    }

  private:
    static void note_version(const std::string& stored, std::set<unsigned>& versions);
    /// False when it is sealed and does not open.
    [[nodiscard]] static bool open_in_place(std::string& stored, const TenantKeys& keys, const Place& place);
    [[nodiscard]] Task<Result<TenantKeys>> keys_of(domain::TenantScope scope, std::set<unsigned> versions);
    [[nodiscard]] std::unexpected<Error> refuse_broken(std::string_view column);

    application::KeyService& keys_;
    application::Telemetry& telemetry_;
};

}  // namespace vcare::sealing
