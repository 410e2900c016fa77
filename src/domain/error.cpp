// SPDX-License-Identifier: Apache-2.0
#include "domain/error.hpp"

#include <array>

namespace vcare::domain {
namespace {

constexpr std::array error_table = {
#define VCARE_ERROR(identifier, wire, status, retryable, title, sentence) \
    ErrorInfo{wire, status, retryable, title, sentence},
#include "generated/error_codes.inc"
#undef VCARE_ERROR
};

}  // namespace

const ErrorInfo& info_of(ErrorCode code) {
    return error_table.at(static_cast<std::size_t>(code));
}

}  // namespace vcare::domain
