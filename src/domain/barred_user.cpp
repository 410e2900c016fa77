// SPDX-License-Identifier: Apache-2.0
#include "domain/barred_user.hpp"

namespace vcare::domain {

bool is_void(const SignIn& bearer, const BarredUser& barred) {
    const bool is_of_another_session =
        !barred.session.empty() && !bearer.session.empty() && bearer.session != barred.session;
    const bool is_later = bearer.issued_at && *bearer.issued_at > barred.barred_at + bar_tolerance;
    return !is_of_another_session && !is_later;
}

}  // namespace vcare::domain
