// SPDX-License-Identifier: Apache-2.0
#include "adapters/keys/pkcs11_token.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <optional>
#include <shared_mutex>

#include <fmt/format.h>

#include "adapters/crypto/digest.hpp"
#include "adapters/crypto/encoding.hpp"
#include "adapters/crypto/random.hpp"
#include "adapters/keys/pkcs11_session.hpp"

namespace vcare::keys {
namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr unsigned long tag_bits = 128;
constexpr std::size_t versions_max = 1'000;
constexpr std::size_t id_bytes_max = 64;
constexpr std::size_t signature_bytes = 64;
constexpr std::string_view text_prefix = "p11:";

/// prime256v1, as CKA_EC_PARAMS wants it (1.2.840.10045.3.1.7 in DER).
constexpr std::array<unsigned char, 10> p256{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};

unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

/// A template for objects: attributes with values of its own.
class Template {
  public:
    Template& with(ck_attribute_type_t type, std::string value) {
        values_.push_back({type, std::move(value)});
        return *this;
    }
    Template& with(ck_attribute_type_t type, bool yes) {
        return with(type, std::string(1, yes ? '\1' : '\0'));
    }
    Template& with_number(ck_attribute_type_t type, unsigned long number) {
        return with(type, std::string{reinterpret_cast<const char*>(&number), sizeof number});
    }
    [[nodiscard]] std::vector<ck_attribute> attributes() {
        std::vector<ck_attribute> all;
        for (auto& [type, value] : values_)
            all.push_back({.type = type, .value = value.data(), .value_len = value.size()});
        return all;
    }

  private:
    std::vector<std::pair<ck_attribute_type_t, std::string>> values_;
};

/// Keys that can be taken out of the token are no keys of ours.
Template keys_named(ck_object_class_t kind, const std::string& label) {
    Template wanted;
    wanted.with_number(CKA_CLASS, kind).with(CKA_LABEL, label).with(CKA_TOKEN, true);
    if (kind != CKO_PUBLIC_KEY) wanted.with(CKA_SENSITIVE, true).with(CKA_EXTRACTABLE, false);
    return wanted;
}

struct FoundKey {
    ck_object_handle_t handle = 0;
    std::string id;  ///< `<version>-<random>`
    unsigned version = 0;
};

/// 0 for an id that is not one of ours.
unsigned version_in(std::string_view id) {
    unsigned version = 0;
    const auto [end, problem] = std::from_chars(id.data(), id.data() + id.size(), version);
    const bool is_ours = problem == std::errc{} && end != id.data() + id.size() && *end == '-';
    return is_ours ? version : 0;
}

std::string make_id(unsigned version) {
    return fmt::format("{}-{}", version, crypto::to_hex(crypto::random_bytes(8)));
}

/// `p11:<id>:<base64url>`.
struct TokenText {
    std::string id;
    std::string bytes;
};
std::string write_text(const TokenText& text) {
    return fmt::format("{}{}:{}", text_prefix, text.id, crypto::to_base64url(text.bytes));
}
std::optional<TokenText> parse_text(std::string_view text) {
    if (!text.starts_with(text_prefix)) return std::nullopt;
    text.remove_prefix(text_prefix.size());
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    auto bytes = crypto::parse_base64url(text.substr(colon + 1));
    if (!bytes) return std::nullopt;
    return TokenText{.id = std::string{text.substr(0, colon)}, .bytes = std::move(*bytes)};
}

/// One session while somebody uses it, and what is asked for in it.
class Session {
  public:
    Session(const Pkcs11Module& module, ck_session_handle_t session) : module_(module), session_(session) {}

    /// Newest first; of several that share a version, all replicas take the same one.
    TokenAnswer<std::vector<FoundKey>> find(ck_object_class_t kind, const std::string& label) {
        Template wanted = keys_named(kind, label);
        auto attributes = wanted.attributes();
        ck_rv_t result = module_->C_FindObjectsInit(session_, attributes.data(), attributes.size());
        if (result != CKR_OK) return std::unexpected{to_failure(result)};
        std::vector<ck_object_handle_t> handles(versions_max);
        unsigned long count = 0;
        result = module_->C_FindObjects(session_, handles.data(), handles.size(), &count);
        module_->C_FindObjectsFinal(session_);
        if (result != CKR_OK) return std::unexpected{to_failure(result)};
        handles.resize(count);

        std::vector<FoundKey> keys;
        for (const ck_object_handle_t handle : handles) {
            auto id = id_of(handle);
            if (!id) return std::unexpected{id.error()};
            const unsigned version = version_in(*id);
            if (version > 0) keys.push_back({.handle = handle, .id = std::move(*id), .version = version});
        }
        std::ranges::sort(keys, std::ranges::greater{},
                          [](const FoundKey& key) { return std::pair{key.version, key.id}; });
        return keys;
    }

    TokenAnswer<FoundKey> find_one(ck_object_class_t kind, const std::string& label, std::string_view id) {
        auto keys = find(kind, label);
        if (!keys) return std::unexpected{keys.error()};
        for (FoundKey& key : *keys)
            if (key.id == id) return std::move(key);
        return std::unexpected{TokenFailure::no_such_key};
    }

    TokenAnswer<FoundKey> make_aes_key(const std::string& label, unsigned version) {
        FoundKey made{.id = make_id(version), .version = version};
        Template wanted = keys_named(CKO_SECRET_KEY, label);
        wanted.with_number(CKA_KEY_TYPE, CKK_AES)
            .with_number(CKA_VALUE_LEN, 32)
            .with(CKA_ID, made.id)
            .with(CKA_PRIVATE, true)
            .with(CKA_ENCRYPT, true)
            .with(CKA_DECRYPT, true)
            .with(CKA_WRAP, false)
            .with(CKA_UNWRAP, false);
        auto attributes = wanted.attributes();
        ck_mechanism how{.mechanism = CKM_AES_KEY_GEN, .parameter = nullptr, .parameter_len = 0};
        const ck_rv_t result =
            module_->C_GenerateKey(session_, &how, attributes.data(), attributes.size(), &made.handle);
        if (result != CKR_OK) return std::unexpected{to_failure(result)};
        return made;
    }

    TokenAnswer<FoundKey> make_pair(const std::string& label) {
        FoundKey made{.id = make_id(1), .version = 1};
        Template open = keys_named(CKO_PUBLIC_KEY, label);
        open.with(CKA_ID, made.id)
            .with(CKA_VERIFY, true)
            .with(CKA_EC_PARAMS, std::string{reinterpret_cast<const char*>(p256.data()), p256.size()});
        Template hidden = keys_named(CKO_PRIVATE_KEY, label);
        hidden.with(CKA_ID, made.id).with(CKA_PRIVATE, true).with(CKA_SIGN, true);
        auto open_attributes = open.attributes();
        auto hidden_attributes = hidden.attributes();
        ck_mechanism how{.mechanism = CKM_EC_KEY_PAIR_GEN, .parameter = nullptr, .parameter_len = 0};
        ck_object_handle_t public_handle = 0;
        const ck_rv_t result = module_->C_GenerateKeyPair(
            session_, &how, open_attributes.data(), open_attributes.size(), hidden_attributes.data(),
            hidden_attributes.size(), &public_handle, &made.handle);
        if (result != CKR_OK) return std::unexpected{to_failure(result)};
        return made;
    }

    TokenAnswer<std::string> encrypt(ck_object_handle_t key, std::string plain, std::string bound_to) {
        std::string nonce = crypto::random_bytes(nonce_bytes);
        std::string sealed(plain.size() + tag_bits / 8, '\0');
        ck_gcm_params parameters = gcm(nonce, bound_to);
        ck_mechanism how = gcm_with(parameters);
        ck_rv_t result = module_->C_EncryptInit(session_, &how, key);
        unsigned long size = sealed.size();
        if (result == CKR_OK)
            result = module_->C_Encrypt(session_, bytes_of(plain), plain.size(), bytes_of(sealed), &size);
        if (result != CKR_OK) return std::unexpected{to_failure(result)};
        sealed.resize(size);
        return nonce + sealed;
    }

    TokenAnswer<std::string> decrypt(ck_object_handle_t key, const std::string& sealed,
                                     std::string bound_to) {
        if (sealed.size() <= nonce_bytes) return std::unexpected{TokenFailure::rejected};
        std::string nonce = sealed.substr(0, nonce_bytes);
        std::string text = sealed.substr(nonce_bytes);
        std::string plain(text.size(), '\0');
        ck_gcm_params parameters = gcm(nonce, bound_to);
        ck_mechanism how = gcm_with(parameters);
        ck_rv_t result = module_->C_DecryptInit(session_, &how, key);
        unsigned long size = plain.size();
        if (result == CKR_OK) {
            result = module_->C_Decrypt(session_, bytes_of(text), text.size(), bytes_of(plain), &size);
            // A text that was tampered with is CKR_GENERAL_ERROR to SoftHSM: the token itself is there.
            if (result == CKR_GENERAL_ERROR) return std::unexpected{TokenFailure::rejected};
        }
        if (result != CKR_OK) return std::unexpected{to_failure(result)};
        plain.resize(size);
        return plain;
    }

    TokenAnswer<std::string> sign(ck_object_handle_t key, std::string digest) {
        ck_mechanism how{.mechanism = CKM_ECDSA, .parameter = nullptr, .parameter_len = 0};
        ck_rv_t result = module_->C_SignInit(session_, &how, key);
        std::string signature(signature_bytes, '\0');
        unsigned long size = signature.size();
        if (result == CKR_OK)
            result = module_->C_Sign(session_, bytes_of(digest), digest.size(), bytes_of(signature), &size);
        if (result != CKR_OK) return std::unexpected{to_failure(result)};
        signature.resize(size);
        return signature;
    }

    TokenAnswer<bool> verify(ck_object_handle_t key, std::string digest, std::string signature) {
        ck_mechanism how{.mechanism = CKM_ECDSA, .parameter = nullptr, .parameter_len = 0};
        ck_rv_t result = module_->C_VerifyInit(session_, &how, key);
        if (result == CKR_OK)
            result = module_->C_Verify(session_, bytes_of(digest), digest.size(), bytes_of(signature),
                                       signature.size());
        if (result == CKR_OK) return true;
        if (to_failure(result) == TokenFailure::rejected) return false;
        return std::unexpected{to_failure(result)};
    }

  private:
    TokenAnswer<std::string> id_of(ck_object_handle_t handle) {
        std::string id(id_bytes_max, '\0');
        ck_attribute wanted{.type = CKA_ID, .value = id.data(), .value_len = id.size()};
        const ck_rv_t result = module_->C_GetAttributeValue(session_, handle, &wanted, 1);
        if (result == CKR_BUFFER_TOO_SMALL) return std::string{};  // longer than any of ours
        if (result != CKR_OK) return std::unexpected{to_failure(result)};
        id.resize(wanted.value_len);
        return id;
    }

    static ck_gcm_params gcm(std::string& nonce, std::string& bound_to) {
        return {.iv_ptr = bytes_of(nonce),
                .iv_len = nonce.size(),
                .iv_bits = nonce.size() * 8,
                .aad_ptr = bytes_of(bound_to),
                .aad_len = bound_to.size(),
                .tag_bits = tag_bits};
    }
    static ck_mechanism gcm_with(ck_gcm_params& parameters) {
        return {.mechanism = CKM_AES_GCM, .parameter = &parameters, .parameter_len = sizeof parameters};
    }

    const Pkcs11Module& module_;
    const ck_session_handle_t session_;
};

class ReopeningToken final : public Pkcs11Token {
  public:
    ReopeningToken(Pkcs11Uri uri, std::string pin) : uri_(std::move(uri)), pin_(std::move(pin)) {}

    TokenAnswer<std::string> wrap(const std::string& label, const std::string& secret,
                                  const std::string& bound_to) override {
        return perform<std::string>([&](Session& session) -> TokenAnswer<std::string> {
            const auto keys = session.find(CKO_SECRET_KEY, label);
            if (!keys) return std::unexpected{keys.error()};
            const auto key = keys->empty() ? session.make_aes_key(label, 1) : keys->front();
            if (!key) return std::unexpected{key.error()};
            auto sealed = session.encrypt(key->handle, secret, bound_to);
            if (!sealed) return std::unexpected{sealed.error()};
            return write_text({.id = key->id, .bytes = std::move(*sealed)});
        });
    }

    TokenAnswer<std::string> unwrap(const std::string& label, const std::string& wrapped,
                                    const std::string& bound_to) override {
        const auto text = parse_text(wrapped);
        if (!text) return std::unexpected{TokenFailure::rejected};
        return perform<std::string>([&](Session& session) -> TokenAnswer<std::string> {
            const auto key = session.find_one(CKO_SECRET_KEY, label, text->id);
            if (!key) return std::unexpected{key.error()};
            return session.decrypt(key->handle, text->bytes, bound_to);
        });
    }

    TokenAnswer<void> rotate(const std::string& label) override {
        return perform<void>([&](Session& session) -> TokenAnswer<void> {
            const auto keys = session.find(CKO_SECRET_KEY, label);
            if (!keys) return std::unexpected{keys.error()};
            const unsigned version = keys->empty() ? 1 : keys->front().version + 1;
            const auto made = session.make_aes_key(label, version);
            if (!made) return std::unexpected{made.error()};
            return {};
        });
    }

    TokenAnswer<std::string> sign(const std::string& label, const std::string& text) override {
        return perform<std::string>([&](Session& session) -> TokenAnswer<std::string> {
            const auto keys = session.find(CKO_PRIVATE_KEY, label);
            if (!keys) return std::unexpected{keys.error()};
            const auto key = keys->empty() ? session.make_pair(label) : keys->front();
            if (!key) return std::unexpected{key.error()};
            auto signature = session.sign(key->handle, crypto::sha256(text));
            if (!signature) return std::unexpected{signature.error()};
            return write_text({.id = key->id, .bytes = std::move(*signature)});
        });
    }

    TokenAnswer<bool> verify(const std::string& label, const std::string& text,
                             const std::string& signature) override {
        const auto parsed = parse_text(signature);
        if (!parsed || parsed->bytes.size() != signature_bytes) return false;
        return perform<bool>([&](Session& session) -> TokenAnswer<bool> {
            const auto key = session.find_one(CKO_PUBLIC_KEY, label, parsed->id);
            if (!key && key.error() == TokenFailure::no_such_key) return false;
            if (!key) return std::unexpected{key.error()};
            return session.verify(key->handle, crypto::sha256(text), parsed->bytes);
        });
    }

    TokenAnswer<void> look() override {
        return perform<void>([](Session& session) -> TokenAnswer<void> {
            const auto keys = session.find(CKO_SECRET_KEY, "none");
            if (!keys) return std::unexpected{keys.error()};
            return {};
        });
    }

  private:
    /// Once more after the token was away: it may be back, and a new start of the module finds it.
    template <class T, class Function>
    TokenAnswer<T> perform(Function function) {
        constexpr int attempts = 2;
        TokenAnswer<T> answer = std::unexpected{TokenFailure::away};
        for (int attempt = 0; attempt < attempts; ++attempt) {
            const auto opened = open();
            if (!opened) return std::unexpected{opened.error()};
            answer = perform_once<T>(function, *opened);
            if (answer || answer.error() != TokenFailure::away) return answer;
            close(*opened);
        }
        return answer;
    }

    template <class T, class Function>
    TokenAnswer<T> perform_once(Function& function, unsigned opening) {
        const std::shared_lock lock{mutex_};
        if (!token_ || opening_ != opening) return std::unexpected{TokenFailure::away};
        const auto handle = token_->borrow();
        if (!handle) return std::unexpected{handle.error()};
        ck_token_info info{};
        const ck_rv_t there = token_->module()->C_GetTokenInfo(token_->slot(), &info);
        if (there != CKR_OK) return std::unexpected{TokenFailure::away};
        Session session{token_->module(), *handle};
        TokenAnswer<T> answer = function(session);
        // A session that failed goes with the module; an operation may still be active in it.
        const bool can_go_on = answer || answer.error() != TokenFailure::away;
        if (can_go_on) token_->give_back(*handle);
        return answer;
    }

    /// The number of the opening that is in use.
    TokenAnswer<unsigned> open() {
        if (pin_was_refused_) return std::unexpected{TokenFailure::pin_refused};
        const std::unique_lock lock{mutex_};
        if (token_) return opening_;
        auto token = OpenToken::open(uri_, pin_);
        if (!token) {
            if (token.error() == TokenFailure::pin_refused) pin_was_refused_ = true;
            return std::unexpected{token.error()};
        }
        token_ = std::move(*token);
        return ++opening_;
    }

    /// Waits until nobody is in the module any more.
    void close(unsigned opening) {
        const std::unique_lock lock{mutex_};
        if (opening_ == opening) token_.reset();
    }

    const Pkcs11Uri uri_;
    const std::string pin_;
    std::atomic<bool> pin_was_refused_ = false;
    std::shared_mutex mutex_;  ///< shared by those who use the module; alone: to start and to end it
    std::unique_ptr<OpenToken> token_;
    unsigned opening_ = 0;
};

}  // namespace

std::string_view word_of(TokenFailure failure) {
    switch (failure) {
        case TokenFailure::away:
            return "away";
        case TokenFailure::pin_refused:
            return "pin_refused";
        case TokenFailure::no_such_key:
            return "no_such_key";
        case TokenFailure::rejected:
            return "rejected";
    }
    return "unknown";
}

std::unique_ptr<Pkcs11Token> make_pkcs11_token(Pkcs11Uri uri, std::string pin) {
    return std::make_unique<ReopeningToken>(std::move(uri), std::move(pin));
}

}  // namespace vcare::keys
