// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/http/call.hpp"

namespace vcare::http {

/// Who calls, by `Authorization: Bearer`. Also holds the call against the caller's rate limits and against a
/// tenant it names in `X-Tenant-Id`.
[[nodiscard]] Task<Result<application::StaffAuthentication::Verified>> authenticate_staff(Call call);

/// The participant who calls: by `Authorization: Visit`, or by the cookie of the participant that
/// `X-Vcare-Visit` names. Only an event stream may name it as `?p=`: it changes nothing, and a header is what
/// keeps other sites from writing with this browser's cookie.
[[nodiscard]] Task<Result<application::VisitContext>> authenticate_participant(Call call);
/// Also one whose credential was voided less than an hour ago.
[[nodiscard]] Task<Result<application::VisitAuthentication::Seat>> authenticate_late_participant(Call call);

/// The same without the checks that count or compare, for a second look at a credential.
[[nodiscard]] Task<Result<application::VisitAuthentication::Seat>> find_seat(Call call);

/// A link that does not let in counts against the address that it was tried from, whether it was forged,
/// used, too late or too early.
void note_failed_join(Exchange& exchange, const domain::Error& refusal);

/// Before joining: whom a genuine link is for. Failures count against the address they come from.
[[nodiscard]] Task<Result<application::LinkHolder>> authenticate_link(Call call, std::string token);

/// A participant, or the holder of a link.
[[nodiscard]] Task<Result<application::VisitContext>> authenticate_seat(Call call);

/// The participant whose live cookie came with the request, for a page that still holds a used link.
[[nodiscard]] Task<std::optional<domain::ParticipantId>> find_live_cookie(Call call,
                                                                          domain::ParticipantId participant);

}  // namespace vcare::http
