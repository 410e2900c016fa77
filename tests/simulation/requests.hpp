// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "simulation/world/core.hpp"

/// What a client asks of the core, as the HTTP adapter would carry it: authenticate, look for a kept
/// answer, then the use case. Each runs on the core and dies with it.
namespace vcare::simulation::requests {

/// A session as its client remembers it.
struct SessionAnswer {
    domain::SessionId id;
    std::uint64_t version = 0;
    domain::SessionStatus status{};
};

struct JoinAnswer {
    domain::ParticipantId participant;
    std::string credential;
};

struct VisitAnswer {
    domain::SessionStatus session{};
    domain::ParticipantStatus self{};
    bool consent_needed = false;
};

struct Staff {
    std::string bearer;
    std::string key = {};  ///< Idempotency-Key; empty: none
};

[[nodiscard]] Task<Result<SessionAnswer>> create(Core* core, Staff staff,
                                                 application::CreateSession::Command command);
[[nodiscard]] Task<Result<domain::SessionData>> read(Core* core, Staff staff, domain::SessionId session);
[[nodiscard]] Task<Result<std::vector<domain::SessionData>>> list(Core* core, Staff staff);
/// The link's code.
[[nodiscard]] Task<Result<std::string>> issue_link(Core* core, Staff staff, domain::SessionId session,
                                                   domain::ParticipantId participant);
[[nodiscard]] Task<Result<SessionAnswer>> reschedule(Core* core, Staff staff, domain::SessionId session,
                                                     domain::Instant start);
[[nodiscard]] Task<Result<SessionAnswer>> admit(Core* core, Staff staff, domain::SessionId session,
                                                domain::ParticipantId participant, std::uint64_t version);
[[nodiscard]] Task<Result<SessionAnswer>> remove(Core* core, Staff staff, domain::SessionId session,
                                                 domain::ParticipantId participant);
[[nodiscard]] Task<Result<SessionAnswer>> fall_back(Core* core, Staff staff, domain::SessionId session,
                                                    domain::Mode mode);
[[nodiscard]] Task<Result<SessionAnswer>> end(Core* core, Staff staff, domain::SessionId session,
                                              std::uint64_t version);
[[nodiscard]] Task<Result<SessionAnswer>> cancel(Core* core, Staff staff, domain::SessionId session,
                                                 std::uint64_t version, std::string reason);
[[nodiscard]] Task<Result<JoinAnswer>> join_as_staff(Core* core, Staff staff, domain::SessionId session,
                                                     domain::ParticipantId participant);
[[nodiscard]] Task<Result<domain::StoredTenantConfig>> configure(Core* core, Staff staff,
                                                                 domain::TenantConfig config);

[[nodiscard]] Task<Result<domain::LinkState>> preview(Core* core, std::string code);
[[nodiscard]] Task<Result<JoinAnswer>> join(Core* core, std::string code, std::string key,
                                            std::vector<application::ConsentChoice> consents);
[[nodiscard]] Task<Result<bool>> ask_for_link(Core* core, std::string code);

[[nodiscard]] Task<Result<VisitAnswer>> view(Core* core, std::string credential);
[[nodiscard]] Task<Result<bool>> answer_consent(Core* core, std::string credential,
                                                application::ConsentChoice::Decision decision);
[[nodiscard]] Task<Result<bool>> enter_video(Core* core, std::string credential);
[[nodiscard]] Task<Result<domain::FallbackAdvice>> report_connection(Core* core, std::string credential,
                                                                     double kbps);
[[nodiscard]] Task<Result<bool>> give_whereabouts(Core* core, std::string credential, std::string where);
[[nodiscard]] Task<Result<bool>> leave(Core* core, std::string credential);
/// Opens an event stream; the core writes the presence.
[[nodiscard]] Task<Result<bool>> open_stream(Core* core, std::string credential, std::string stream_id);
[[nodiscard]] Task<Result<bool>> close_stream(Core* core, std::string credential, std::string stream_id);

}  // namespace vcare::simulation::requests
