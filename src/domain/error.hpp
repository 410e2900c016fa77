// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/time.hpp"

namespace vcare::domain {

/// Every refusal the service can give. The one list is `api/errors.json`; this is generated from it.
enum class ErrorCode : std::uint8_t {
#define VCARE_ERROR(identifier, wire, status, retryable, title, sentence) identifier,
#include "generated/error_codes.inc"
#undef VCARE_ERROR
};

/// What the table says about a code: its word on the wire, its HTTP status and its sentence for people.
struct ErrorInfo {
    std::string_view wire;
    int http_status;
    bool retryable;
    std::string_view title;
    std::string_view sentence;
};
[[nodiscard]] const ErrorInfo& info_of(ErrorCode code);

/// One wrong place in a request: an RFC 6901 pointer and what is allowed there. Never repeats the value.
struct FieldError {
    std::string pointer;
    std::string message;

    friend bool operator==(const FieldError&, const FieldError&) = default;
};

/// A refusal, as a value. `detail` is for people and carries no PHI, no SQL and no secret.
struct Error {
    ErrorCode code;
    std::string detail = {};
    std::vector<FieldError> fields = {};
    std::optional<std::uint64_t> current_version = {};  ///< with optimistic_lock_conflict
    std::optional<Instant> valid_from = {};             ///< with token_not_yet_valid
    std::optional<seconds> retry_after = {};            ///< with every 503 and 429
};

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> refuse(ErrorCode code, std::string detail = {}) {
    return std::unexpected{Error{.code = code, .detail = std::move(detail)}};
}

/// A request field that cannot be: 400 with the pointer.
[[nodiscard]] inline std::unexpected<Error> refuse_field(std::string pointer, std::string message) {
    return std::unexpected{
        Error{.code = ErrorCode::validation_error, .fields = {{std::move(pointer), std::move(message)}}}};
}

}  // namespace vcare::domain
