// SPDX-License-Identifier: Apache-2.0
#include "adapters/keys/envelope_keys.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include <fmt/format.h>

#include "adapters/crypto/random.hpp"

namespace vcare::keys {
namespace {

using application::KeyPurpose;
using application::TenantKey;
using application::WrappedKey;
using domain::Instant;
using domain::TenantId;
using domain::TenantScope;
using WrappedKeys = std::vector<WrappedKey>;

constexpr std::size_t key_bytes = 32;
constexpr std::array all_purposes = {KeyPurpose::join_token, KeyPurpose::visit_credential, KeyPurpose::phi};

/// A version that nobody knows is looked for in the store this often at most: tokens with wrong versions cost
/// nothing more.
constexpr domain::seconds unknown_version_floor{5};

/// Answers are kept for repeats for 24 h, with the secrets in them to be derived again; an hour more for what
/// is under way, and for replicas that have not seen the rotation yet.
constexpr domain::hours kept_answers_live{25};

/// A key in use that could not be renewed is asked for again after this time, while the kept one serves.
constexpr domain::seconds renewal_pause{30};

/// What wrapped text is bound to. Never to be changed: it would void every stored key.
std::string bound_to(const TenantId& tenant, KeyPurpose purpose, unsigned version) {
    return fmt::format("vcare/data-key/{}/{}/{}", domain::to_wire(purpose), version, tenant.text());
}

const WrappedKey* newest_of(const WrappedKeys& rows, KeyPurpose purpose) {
    const WrappedKey* newest = nullptr;
    for (const WrappedKey& row : rows) {
        const bool is_newer = row.purpose == purpose && (!newest || row.version > newest->version);
        if (is_newer) newest = &row;
    }
    return newest;
}

const WrappedKey* find_version(const WrappedKeys& rows, KeyPurpose purpose, unsigned version) {
    const auto found = std::ranges::find_if(
        rows, [&](const WrappedKey& row) { return row.purpose == purpose && row.version == version; });
    return found == rows.end() ? nullptr : &*found;
}

/// What this process knows of its tenants' keys. Nothing is awaited in here.
class KeyMemory {
  public:
    explicit KeyMemory(const EnvelopeSettings& settings) : settings_(settings) {}

    struct KeptKey {
        TenantKey key;
        bool is_to_be_renewed = false;  ///< half its time is over
    };
    std::optional<KeptKey> find(const TenantId& tenant, KeyPurpose purpose, unsigned version, Instant now) {
        const std::lock_guard lock{mutex_};
        const auto known = tenants_.find(tenant.text());
        if (known == tenants_.end()) return std::nullopt;
        const auto kept = known->second.keys.find({purpose, version});
        if (kept == known->second.keys.end() || kept->second.until <= now) return std::nullopt;
        known->second.used_at = ++uses_;
        return KeptKey{.key = {.bytes = kept->second.bytes, .version = version},
                       .is_to_be_renewed = kept->second.renew_at <= now};
    }

    /// Others go on with the kept one while somebody asks.
    void put_off_renewal(const TenantId& tenant, KeyPurpose purpose, unsigned version, Instant now) {
        const std::lock_guard lock{mutex_};
        Known& known = place_of(tenant);
        const auto kept = known.keys.find({purpose, version});
        if (kept != known.keys.end()) kept->second.renew_at = now + renewal_pause;
    }

    /// The tenant's wrapped keys as they were read `max_age` ago or less.
    std::optional<WrappedKeys> list(const TenantId& tenant, Instant now, domain::seconds max_age) {
        const std::lock_guard lock{mutex_};
        const auto known = tenants_.find(tenant.text());
        const bool is_fresh = known != tenants_.end() && now < known->second.listed_at + max_age;
        return is_fresh ? std::optional{known->second.rows} : std::nullopt;
    }

    void keep_list(const TenantId& tenant, WrappedKeys rows, Instant now) {
        const std::lock_guard lock{mutex_};
        Known& known = place_of(tenant);
        known.rows = std::move(rows);
        known.listed_at = now;
        std::erase_if(known.keys, [&](const auto& kept) {
            return find_version(known.rows, kept.first.first, kept.first.second) == nullptr;
        });
    }

    void keep_key(const TenantId& tenant, KeyPurpose purpose, const TenantKey& key, Instant now) {
        const std::lock_guard lock{mutex_};
        place_of(tenant).keys[{purpose, key.version}] = {
            .bytes = key.bytes, .renew_at = now + settings_.kept_for / 2, .until = now + settings_.kept_for};
    }

    /// Whether a version that nobody knows may be looked for in the store now.
    bool may_look_for_unknown(const TenantId& tenant, Instant now) {
        const std::lock_guard lock{mutex_};
        Known& known = place_of(tenant);
        if (known.looked_for_unknown && now < *known.looked_for_unknown + unknown_version_floor) return false;
        known.looked_for_unknown = now;
        return true;
    }

    void forget(const TenantId& tenant) {
        const std::lock_guard lock{mutex_};
        tenants_.erase(tenant.text());
    }

  private:
    struct Kept {
        std::string bytes;
        Instant renew_at;
        Instant until;
    };
    struct Known {
        WrappedKeys rows = {};
        Instant listed_at = {};
        std::optional<Instant> looked_for_unknown = {};
        std::map<std::pair<KeyPurpose, unsigned>, Kept> keys = {};
        std::uint64_t used_at = 0;
    };

    Known& place_of(const TenantId& tenant) {
        const auto known = tenants_.find(tenant.text());
        const bool needs_room = known == tenants_.end() && tenants_.size() >= settings_.tenants_max;
        if (needs_room) {
            tenants_.erase(std::ranges::min_element(tenants_, {},
                                                    [](const auto& entry) { return entry.second.used_at; }));
        }
        Known& place = known == tenants_.end() ? tenants_[tenant.text()] : known->second;
        place.used_at = ++uses_;
        return place;
    }

    const EnvelopeSettings settings_;
    std::mutex mutex_;  // every core asks, for microseconds
    std::map<std::string, Known> tenants_;
    std::uint64_t uses_ = 0;
};

class KeptEnvelopeKeys final : public EnvelopeKeys {
  public:
    KeptEnvelopeKeys(EnvelopeSettings settings, std::unique_ptr<KeyEncryption> encryption,
                     application::WrappedKeyStore& store, application::Clock& clock)
        : settings_(std::move(settings)),
          encryption_(std::move(encryption)),
          store_(store),
          clock_(clock),
          memory_(settings_) {}

    Task<Result<TenantKey>> current_key(TenantScope scope, KeyPurpose purpose) override {
        auto rows = co_await rows_of(scope, settings_.list_kept_for);
        if (!rows) co_return std::unexpected{rows.error()};
        if (!newest_of(*rows, purpose)) {
            rows = co_await make_version(scope, purpose, 1);
            if (!rows) co_return std::unexpected{rows.error()};
        }
        const WrappedKey* newest = newest_of(*rows, purpose);
        if (!newest) co_return domain::refuse(ErrorCode::key_service_unavailable);
        co_return co_await unwrapped(std::move(scope), *newest);
    }

    Task<Result<TenantKey>> key_of_version(TenantScope scope, KeyPurpose purpose, unsigned version) override {
        auto kept = memory_.find(scope.tenant(), purpose, version, clock_.now());
        if (kept && !kept->is_to_be_renewed) co_return std::move(kept->key);
        auto rows = co_await rows_of(scope, settings_.list_kept_for);
        if (!rows && kept) co_return std::move(kept->key);
        const bool is_unknown = rows && !find_version(*rows, purpose, version);
        if (is_unknown && memory_.may_look_for_unknown(scope.tenant(), clock_.now()))
            rows = co_await rows_of(scope, domain::seconds{0});
        if (!rows) co_return std::unexpected{rows.error()};
        const WrappedKey* row = find_version(*rows, purpose, version);
        if (!row)
            co_return domain::refuse(ErrorCode::not_found,
                                     fmt::format("There is no key of version {}.", version));
        co_return co_await unwrapped(std::move(scope), *row);
    }

    Task<Result<std::string>> sign_checkpoint(std::string text) override {
        co_return co_await encryption_->sign(checkpoint_name(), std::move(text));
    }

    Task<Result<bool>> verify_checkpoint(std::string text, std::string signature) override {
        co_return co_await encryption_->verify(checkpoint_name(), std::move(text), std::move(signature));
    }

    Task<void> look() override { co_await encryption_->look(); }

    Task<Result<std::vector<KeyVersion>>> list(TenantScope scope) override {
        const auto rows = co_await store_.keys_of(scope);
        if (!rows) co_return std::unexpected{rows.error()};
        std::vector<KeyVersion> versions;
        for (const WrappedKey& row : *rows) {
            KeyVersion version{.purpose = row.purpose,
                               .version = row.version,
                               .created_at = row.created_at,
                               .is_current = newest_of(*rows, row.purpose)->version == row.version};
            if (!version.is_current) {
                const auto until = co_await needed_until(scope, *rows, row);
                if (!until) co_return std::unexpected{until.error()};
                version.needed_until = *until;
            }
            versions.push_back(version);
        }
        co_return versions;
    }

    Task<Result<void>> rotate(TenantScope scope) override {
        memory_.forget(scope.tenant());
        if (const auto made = co_await encryption_->rotate(name_of(scope)); !made) co_return made;
        if (const auto done = co_await wrap_anew(scope); !done) co_return done;
        for (const KeyPurpose purpose : all_purposes) {
            const auto rows = co_await store_.keys_of(scope);
            if (!rows) co_return std::unexpected{rows.error()};
            const WrappedKey* newest = newest_of(*rows, purpose);
            const auto added = co_await make_version(scope, purpose, newest ? newest->version + 1 : 1);
            if (!added) co_return std::unexpected{added.error()};
        }
        co_return co_await forget_unneeded(std::move(scope));
    }

  private:
    [[nodiscard]] std::string name_of(const TenantScope& scope) const {
        return key_name_of(settings_.name_prefix, scope.tenant());
    }
    /// No tenant's: those have no dot.
    [[nodiscard]] std::string checkpoint_name() const { return settings_.name_prefix + ".checkpoints"; }

    Task<Result<WrappedKeys>> rows_of(TenantScope scope, domain::seconds max_age) {
        if (auto known = memory_.list(scope.tenant(), clock_.now(), max_age)) co_return std::move(*known);
        const Instant now = clock_.now();
        auto rows = co_await store_.keys_of(scope);
        if (rows) memory_.keep_list(scope.tenant(), *rows, now);
        co_return rows;
    }

    /// Gives the keys as they are afterwards: ours, or those of the replica that was first.
    Task<Result<WrappedKeys>> make_version(TenantScope scope, KeyPurpose purpose, unsigned version) {
        std::string secret = crypto::random_bytes(key_bytes);
        auto wrapped = co_await encryption_->wrap(name_of(scope), std::move(secret),
                                                  bound_to(scope.tenant(), purpose, version));
        if (!wrapped) co_return std::unexpected{wrapped.error()};
        WrappedKey key{.purpose = purpose,
                       .version = version,
                       .wrapped = std::move(*wrapped),
                       .created_at = clock_.now()};
        const auto added = co_await store_.add(scope, std::move(key));
        if (!added) co_return std::unexpected{added.error()};
        co_return co_await rows_of(std::move(scope), domain::seconds{0});
    }

    Task<Result<TenantKey>> unwrapped(TenantScope scope, WrappedKey row) {
        const Instant now = clock_.now();
        auto kept = memory_.find(scope.tenant(), row.purpose, row.version, now);
        if (kept && !kept->is_to_be_renewed) co_return std::move(kept->key);
        if (kept) memory_.put_off_renewal(scope.tenant(), row.purpose, row.version, now);
        auto secret = co_await encryption_->unwrap(name_of(scope), std::move(row.wrapped),
                                                   bound_to(scope.tenant(), row.purpose, row.version));
        if (!secret && kept) co_return std::move(kept->key);
        if (!secret) co_return std::unexpected{secret.error()};
        if (secret->size() != key_bytes) co_return domain::refuse(ErrorCode::key_service_unavailable);
        TenantKey key{.bytes = std::move(*secret), .version = row.version};
        memory_.keep_key(scope.tenant(), row.purpose, key, clock_.now());
        co_return key;
    }

    /// Puts every data key under the newest version of the tenant's key, so that older ones may be destroyed.
    Task<Result<void>> wrap_anew(TenantScope scope) {
        const auto rows = co_await store_.keys_of(scope);
        if (!rows) co_return std::unexpected{rows.error()};
        for (const WrappedKey& row : *rows) {
            const auto key = co_await unwrapped(scope, row);
            if (!key) co_return std::unexpected{key.error()};
            auto wrapped = co_await encryption_->wrap(name_of(scope), key->bytes,
                                                      bound_to(scope.tenant(), row.purpose, row.version));
            if (!wrapped) co_return std::unexpected{wrapped.error()};
            const auto replaced = co_await store_.replace(scope, row, std::move(*wrapped));
            if (!replaced) co_return std::unexpected{replaced.error()};
        }
        co_return Result<void>{};
    }

    Task<Result<void>> forget_unneeded(TenantScope scope) {
        const auto versions = co_await list(scope);
        if (!versions) co_return std::unexpected{versions.error()};
        for (const KeyVersion& version : *versions) {
            const bool is_over = version.needed_until && *version.needed_until <= clock_.now();
            if (version.is_current || !is_over) continue;
            const auto forgotten = co_await store_.forget(scope, version.purpose, version.version);
            if (!forgotten) co_return forgotten;
        }
        memory_.forget(scope.tenant());
        co_return Result<void>{};
    }

    /// Of a version that is not the newest. What is sealed stays sealed under its version.
    Task<Result<std::optional<Instant>>> needed_until(TenantScope scope, WrappedKeys rows, WrappedKey row) {
        if (row.purpose == KeyPurpose::phi) co_return std::optional<Instant>{};
        Instant replaced_at = newest_of(rows, row.purpose)->created_at;
        for (const WrappedKey& other : rows) {
            const bool is_later = other.purpose == row.purpose && other.version > row.version;
            if (is_later) replaced_at = std::min(replaced_at, other.created_at);
        }
        Instant until = replaced_at + kept_answers_live;
        if (row.purpose == KeyPurpose::join_token) {
            const auto last_link = co_await store_.last_link_expires_at(scope, row.version);
            if (!last_link) co_return std::unexpected{last_link.error()};
            until = std::max(until, last_link->value_or(until));
        }
        co_return std::optional{until};
    }

    const EnvelopeSettings settings_;
    const std::unique_ptr<KeyEncryption> encryption_;
    application::WrappedKeyStore& store_;
    application::Clock& clock_;
    KeyMemory memory_;
};

}  // namespace

std::string key_name_of(const std::string& prefix, const TenantId& tenant) {
    std::string name = prefix + '-';
    const std::string& id = tenant.text();
    for (std::size_t i = 0; i < id.size(); ++i) {
        const char c = id[i];
        const bool is_last_hyphen = c == '-' && i + 1 == id.size();  // Vault takes no name that ends so
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                              (c == '-' && !is_last_hyphen);
        if (is_plain) {
            name += c;
        } else {
            name += fmt::format("_{:02X}", static_cast<unsigned char>(c));
        }
    }
    return name;
}

std::unique_ptr<EnvelopeKeys> make_envelope_keys(EnvelopeSettings settings,
                                                 std::unique_ptr<KeyEncryption> encryption,
                                                 application::WrappedKeyStore& store,
                                                 application::Clock& clock) {
    return std::make_unique<KeptEnvelopeKeys>(std::move(settings), std::move(encryption), store, clock);
}

}  // namespace vcare::keys
