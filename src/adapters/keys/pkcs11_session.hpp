// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#define CRYPTOKI_GNU
#include <p11-kit/pkcs11.h>

#include "adapters/keys/pkcs11_token.hpp"

namespace vcare::keys {

/// A module that was loaded and initialised; finalised and unloaded with the object.
class Pkcs11Module {
  public:
    /// Nothing when it cannot be loaded or does not begin.
    [[nodiscard]] static std::unique_ptr<Pkcs11Module> load(const std::string& path);
    ~Pkcs11Module();
    Pkcs11Module(const Pkcs11Module&) = delete;
    Pkcs11Module& operator=(const Pkcs11Module&) = delete;

    [[nodiscard]] ck_function_list& operator*() const { return *functions_; }
    [[nodiscard]] ck_function_list* operator->() const { return functions_; }

  private:
    Pkcs11Module(void* library, ck_function_list* functions) : library_(library), functions_(functions) {}
    void* library_;
    ck_function_list* functions_;
};

/// A token that was found and logged in to, with the sessions that are open on it. Sessions are borrowed and
/// given back from any thread.
class OpenToken {
  public:
    [[nodiscard]] static TokenAnswer<std::unique_ptr<OpenToken>> open(const Pkcs11Uri& uri,
                                                                      const std::string& pin);

    [[nodiscard]] const Pkcs11Module& module() const { return *module_; }
    [[nodiscard]] ck_slot_id_t slot() const { return slot_; }

    /// One that nobody uses, or a new one.
    [[nodiscard]] TokenAnswer<ck_session_handle_t> borrow();
    void give_back(ck_session_handle_t session);

  private:
    OpenToken(std::unique_ptr<Pkcs11Module> module, ck_slot_id_t slot)
        : module_(std::move(module)), slot_(slot) {}
    [[nodiscard]] TokenAnswer<void> log_in(const std::string& pin);

    std::unique_ptr<Pkcs11Module> module_;
    ck_slot_id_t slot_;
    std::mutex mutex_;
    std::vector<ck_session_handle_t> idle_;
};

/// What a return value of the module means; anything that a new start of the module could cure is `away`.
[[nodiscard]] TokenFailure to_failure(ck_rv_t result);

}  // namespace vcare::keys
