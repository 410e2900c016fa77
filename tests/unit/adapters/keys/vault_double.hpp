// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "adapters/crypto/aead.hpp"
#include "adapters/crypto/encoding.hpp"
#include "adapters/crypto/random.hpp"
#include "adapters/crypto/signature.hpp"
#include "adapters/keys/vault_codec.hpp"
#include "support/remote_double.hpp"

namespace vcare::tests {

/// Vault's transit engine as its API documentation describes it, with real keys: create, read and rotate a
/// key, encrypt, decrypt, sign, verify; errors are `{"errors": […]}`; a wrong token is 403, a sealed Vault
/// 503.
class VaultDouble {
  public:
    static constexpr std::string_view token = "hvs.planted-token";

    [[nodiscard]] std::string url() const { return server_.url(); }
    support::RemoteDouble& server() { return server_; }

    std::atomic<bool> is_sealed = false;
    std::atomic<int> renewals = 0;

  private:
    using Body = boost::json::object;
    struct Key {
        std::string type;
        std::vector<std::string> secrets = {};
        std::vector<crypto::Es256Key> pairs = {};
    };

    static support::Reply errors(int status, std::string_view what = {}) {
        boost::json::array all;
        if (!what.empty()) all.emplace_back(boost::json::string{what.data(), what.size()});
        return support::json_reply(status, boost::json::serialize(Body{{"errors", std::move(all)}}));
    }
    static support::Reply data(Body members) {
        return support::json_reply(200, boost::json::serialize(Body{{"request_id", "r-1"},
                                                                    {"lease_id", ""},
                                                                    {"renewable", false},
                                                                    {"data", std::move(members)},
                                                                    {"warnings", nullptr},
                                                                    {"mount_type", "transit"}}));
    }
    static std::string text(const Body& body, std::string_view name) {
        const auto* const found = body.if_contains({name.data(), name.size()});
        return found ? std::string{found->as_string().c_str()} : std::string{};
    }
    static std::string bytes(const Body& body, std::string_view name) {
        return keys::parse_base64(text(body, name)).value_or("");
    }

    support::Reply answer(const support::Received& request) {
        const std::lock_guard lock{mutex_};
        if (is_sealed) return errors(503, "Vault is sealed");
        const auto given = request.headers.find("x-vault-token");
        if (given == request.headers.end() || given->second != token) return errors(403, "permission denied");
        if (request.target == "/v1/auth/token/renew-self") {
            ++renewals;
            return data({});
        }
        const std::string mount = "/v1/clinics/transit/";
        if (!request.target.starts_with(mount)) return errors(404);
        const std::string path = request.target.substr(mount.size());
        const auto slash = path.find('/');
        const std::string operation = path.substr(0, slash);
        std::string name = path.substr(slash + 1);
        const Body body = request.body.empty() ? Body{} : boost::json::parse(request.body).as_object();
        if (operation == "keys") return of_keys(request.method, name, body);
        const std::string hash = "/sha2-256";
        if (name.ends_with(hash)) name.resize(name.size() - hash.size());
        const auto key = keys_.find(name);
        if (operation == "encrypt") return key == keys_.end() ? errors(404) : encrypt(key->second, body);
        if (key == keys_.end()) return errors(400, "encryption key not found");
        if (operation == "decrypt") return decrypt(key->second, body);
        if (operation == "sign") return sign(key->second, body);
        return operation == "verify" ? verify(key->second, body) : errors(404);
    }

    support::Reply of_keys(const std::string& method, std::string name, const Body& body) {
        const std::string rotation = "/rotate";
        const bool rotates = name.ends_with(rotation);
        if (rotates) name.resize(name.size() - rotation.size());
        if (method == "GET") return keys_.contains(name) ? data({{"name", name}}) : errors(404);
        if (rotates && !keys_.contains(name)) return errors(400, "key not found");
        if (!rotates && keys_.contains(name)) return data({{"name", name}});
        Key& key = keys_[name];
        if (!rotates) key.type = text(body, "type");
        if (key.type == "ecdsa-p256") {
            key.pairs.push_back(crypto::Es256Key::generate());
        } else {
            key.secrets.push_back(crypto::random_bytes(32));
        }
        return data({{"name", name}});
    }

    static support::Reply encrypt(const Key& key, const Body& body) {
        const std::string sealed = crypto::seal_aes256_gcm(key.secrets.back(), bytes(body, "plaintext"),
                                                           bytes(body, "associated_data"));
        return data(
            {{"ciphertext", "vault:v" + std::to_string(key.secrets.size()) + ":" + crypto::to_base64(sealed)},
             {"key_version", key.secrets.size()}});
    }
    static std::size_t version_of(const std::string& text) {
        return text.starts_with("vault:v") ? std::stoul(text.substr(7)) : 0;
    }
    static support::Reply decrypt(const Key& key, const Body& body) {
        const std::string ciphertext = text(body, "ciphertext");
        const std::size_t version = version_of(ciphertext);
        if (version == 0 || version > key.secrets.size()) return errors(400, "invalid ciphertext: no prefix");
        const auto sealed = keys::parse_base64(ciphertext.substr(ciphertext.rfind(':') + 1));
        const auto plain = crypto::open_aes256_gcm(key.secrets[version - 1], sealed.value_or(""),
                                                   bytes(body, "associated_data"));
        if (!plain) return errors(400, "cipher: message authentication failed");
        return data({{"plaintext", crypto::to_base64(*plain)}});
    }
    static support::Reply sign(const Key& key, const Body& body) {
        if (text(body, "marshaling_algorithm") != "jws") return errors(400, "only jws here");
        return data({{"signature", "vault:v" + std::to_string(key.pairs.size()) + ":" +
                                       crypto::to_base64url(key.pairs.back().sign(bytes(body, "input")))}});
    }
    static support::Reply verify(const Key& key, const Body& body) {
        const std::string signature = text(body, "signature");
        const std::size_t version = version_of(signature);
        if (version == 0 || version > key.pairs.size()) return errors(400, "invalid signature");
        const auto raw = crypto::parse_base64url(signature.substr(signature.rfind(':') + 1));
        const bool is_valid =
            key.pairs[version - 1].public_key().verifies(bytes(body, "input"), raw.value_or(""));
        return data({{"valid", is_valid}});
    }

    std::mutex mutex_;
    std::map<std::string, Key> keys_;
    support::RemoteDouble server_{[this](const support::Received& request) { return answer(request); }};
};

}  // namespace vcare::tests
