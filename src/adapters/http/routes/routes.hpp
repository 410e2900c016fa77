// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/http/call.hpp"

/// One function for each operation of the contract: decode, one use case, encode.
namespace vcare::http::routes {

// sessions.cpp
[[nodiscard]] Task<Result<Response>> create_session(Call call);
[[nodiscard]] Task<Result<Response>> list_sessions(Call call);
[[nodiscard]] Task<Result<Response>> get_session(Call call);
[[nodiscard]] Task<Result<Response>> add_participant(Call call);
[[nodiscard]] Task<Result<Response>> list_participants(Call call);
[[nodiscard]] Task<Result<Response>> issue_join_token(Call call);
[[nodiscard]] Task<Result<Response>> join_as_staff(Call call);
[[nodiscard]] Task<Result<Response>> admit_participant(Call call);
[[nodiscard]] Task<Result<Response>> remove_participant(Call call);
[[nodiscard]] Task<Result<Response>> reschedule_session(Call call);
[[nodiscard]] Task<Result<Response>> end_session(Call call);
[[nodiscard]] Task<Result<Response>> cancel_session(Call call);
[[nodiscard]] Task<Result<Response>> change_mode(Call call);
[[nodiscard]] Task<Result<Response>> get_timeline(Call call);
[[nodiscard]] Task<Result<Response>> get_preparation(Call call);
[[nodiscard]] Task<Result<Response>> get_encounter(Call call);
[[nodiscard]] Task<Result<Response>> retry_encounter(Call call);
[[nodiscard]] Task<Result<Response>> list_waiting_room(Call call);
[[nodiscard]] Task<Result<Response>> list_waiting_appointments(Call call);

// live.cpp
[[nodiscard]] Task<Result<Response>> stream_events(Call call);
[[nodiscard]] Task<Result<Response>> stream_visit(Call call);

// links.cpp
[[nodiscard]] Task<Result<Response>> join_visit(Call call);
[[nodiscard]] Task<Result<Response>> join_visit_by_get(Call call);
[[nodiscard]] Task<Result<Response>> preview_visit(Call call);
[[nodiscard]] Task<Result<Response>> request_new_link(Call call);

// visit.cpp
[[nodiscard]] Task<Result<Response>> get_visit(Call call);
[[nodiscard]] Task<Result<Response>> answer_consent(Call call);
[[nodiscard]] Task<Result<Response>> report_connection(Call call);
[[nodiscard]] Task<Result<Response>> get_video(Call call);
[[nodiscard]] Task<Result<Response>> send_signal(Call call);
[[nodiscard]] Task<Result<Response>> give_whereabouts(Call call);
[[nodiscard]] Task<Result<Response>> leave_visit(Call call);
[[nodiscard]] Task<Result<Response>> give_feedback(Call call);
[[nodiscard]] Task<Result<Response>> report_device_check(Call call);
[[nodiscard]] Task<Result<Response>> download_network_test(Call call);
[[nodiscard]] Task<Result<Response>> upload_network_test(Call call);

// administration.cpp
[[nodiscard]] Task<Result<Response>> get_config(Call call);
[[nodiscard]] Task<Result<Response>> put_config(Call call);
[[nodiscard]] Task<Result<Response>> get_public_config(Call call);
[[nodiscard]] Task<Result<Response>> get_sign_in(Call call);
[[nodiscard]] Task<Result<Response>> get_me(Call call);
[[nodiscard]] Task<Result<Response>> record_consent(Call call);
[[nodiscard]] Task<Result<Response>> list_consents(Call call);
[[nodiscard]] Task<Result<Response>> withdraw_consent(Call call);
[[nodiscard]] Task<Result<Response>> search_audit(Call call);
[[nodiscard]] Task<Result<Response>> verify_audit(Call call);

// operations.cpp
[[nodiscard]] Task<Result<Response>> get_health(Call call);
[[nodiscard]] Task<Result<Response>> get_liveness(Call call);
[[nodiscard]] Task<Result<Response>> get_readiness(Call call);
[[nodiscard]] Task<Result<Response>> get_metrics(Call call);
[[nodiscard]] Task<Result<Response>> get_version(Call call);
[[nodiscard]] Task<Result<Response>> get_docs(Call call);
[[nodiscard]] Task<Result<Response>> get_openapi(Call call);
[[nodiscard]] Task<Result<Response>> get_asyncapi(Call call);

}  // namespace vcare::http::routes
