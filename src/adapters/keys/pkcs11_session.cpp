// SPDX-License-Identifier: Apache-2.0
#include "adapters/keys/pkcs11_session.hpp"

#include <algorithm>

#include <dlfcn.h>

namespace vcare::keys {
namespace {

using GetFunctionList = ck_rv_t (*)(ck_function_list**);

constexpr unsigned long slots_max = 256;

/// Labels and serials are padded with blanks.
bool is_padded(const unsigned char* field, std::size_t size, std::string_view text) {
    std::string_view all{reinterpret_cast<const char*>(field), size};
    while (!all.empty() && all.back() == ' ') all.remove_suffix(1);
    return all == text;
}

bool is_wanted(const ck_token_info& info, const Pkcs11Uri& uri) {
    const bool has_label = is_padded(info.label, sizeof info.label, uri.token);
    const bool has_serial =
        uri.serial.empty() || is_padded(info.serial_number, sizeof info.serial_number, uri.serial);
    const bool is_ready = (info.flags & CKF_TOKEN_INITIALIZED) != 0;
    return has_label && has_serial && is_ready;
}

std::optional<ck_slot_id_t> find_slot(const Pkcs11Module& module, const Pkcs11Uri& uri) {
    std::vector<ck_slot_id_t> slots(slots_max);
    unsigned long count = slots.size();
    if (module->C_GetSlotList(1, slots.data(), &count) != CKR_OK) return std::nullopt;
    slots.resize(std::min<std::size_t>(count, slots.size()));
    for (const ck_slot_id_t slot : slots) {
        ck_token_info info{};
        if (module->C_GetTokenInfo(slot, &info) == CKR_OK && is_wanted(info, uri)) return slot;
    }
    return std::nullopt;
}

}  // namespace

TokenFailure to_failure(ck_rv_t result) {
    switch (result) {
        case CKR_PIN_INCORRECT:
        case CKR_PIN_INVALID:
        case CKR_PIN_LEN_RANGE:
        case CKR_PIN_LOCKED:
        case CKR_PIN_EXPIRED:
            return TokenFailure::pin_refused;
        case CKR_ENCRYPTED_DATA_INVALID:
        case CKR_ENCRYPTED_DATA_LEN_RANGE:
        case CKR_DATA_INVALID:
        case CKR_DATA_LEN_RANGE:
        case CKR_SIGNATURE_INVALID:
        case CKR_SIGNATURE_LEN_RANGE:
        case CKR_MECHANISM_INVALID:
        case CKR_MECHANISM_PARAM_INVALID:
        case CKR_KEY_FUNCTION_NOT_PERMITTED:
        case CKR_KEY_TYPE_INCONSISTENT:
        case CKR_TEMPLATE_INCONSISTENT:
        case CKR_ATTRIBUTE_VALUE_INVALID:
        case CKR_TOKEN_WRITE_PROTECTED:
            return TokenFailure::rejected;
        default:
            return TokenFailure::away;
    }
}

std::unique_ptr<Pkcs11Module> Pkcs11Module::load(const std::string& path) {
    void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) return nullptr;
    const auto list = reinterpret_cast<GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
    ck_function_list* functions = nullptr;
    ck_c_initialize_args arguments{};
    arguments.flags = CKF_OS_LOCKING_OK;
    const bool has_begun =
        list && list(&functions) == CKR_OK && functions && functions->C_Initialize(&arguments) == CKR_OK;
    if (has_begun) return std::unique_ptr<Pkcs11Module>{new Pkcs11Module{library, functions}};
    ::dlclose(library);
    return nullptr;
}

Pkcs11Module::~Pkcs11Module() {
    functions_->C_Finalize(nullptr);
    ::dlclose(library_);
}

TokenAnswer<std::unique_ptr<OpenToken>> OpenToken::open(const Pkcs11Uri& uri, const std::string& pin) {
    auto module = Pkcs11Module::load(uri.module_path);
    if (!module) return std::unexpected{TokenFailure::away};
    const auto slot = find_slot(*module, uri);
    if (!slot) return std::unexpected{TokenFailure::away};
    std::unique_ptr<OpenToken> token{new OpenToken{std::move(module), *slot}};
    if (const auto in = token->log_in(pin); !in) return std::unexpected{in.error()};
    return token;
}

/// The login is the whole application's: it lasts while a session is open.
TokenAnswer<void> OpenToken::log_in(const std::string& pin) {
    const auto session = borrow();
    if (!session) return std::unexpected{session.error()};
    std::string text = pin;
    const ck_rv_t result =
        (*module_)->C_Login(*session, CKU_USER, reinterpret_cast<unsigned char*>(text.data()), text.size());
    if (result != CKR_OK && result != CKR_USER_ALREADY_LOGGED_IN) return std::unexpected{to_failure(result)};
    give_back(*session);
    return {};
}

TokenAnswer<ck_session_handle_t> OpenToken::borrow() {
    {
        const std::lock_guard lock{mutex_};
        if (!idle_.empty()) {
            const ck_session_handle_t session = idle_.back();
            idle_.pop_back();
            return session;
        }
    }
    ck_session_handle_t session = 0;
    const ck_rv_t result =
        (*module_)->C_OpenSession(slot_, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session);
    if (result != CKR_OK) return std::unexpected{to_failure(result)};
    return session;
}

void OpenToken::give_back(ck_session_handle_t session) {
    const std::lock_guard lock{mutex_};
    idle_.push_back(session);
}

}  // namespace vcare::keys
