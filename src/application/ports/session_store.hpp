// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/unit_of_work.hpp"
#include "domain/permission.hpp"

namespace vcare::application {

/// A page of a list, newest first, continued by key and never by offset.
template <class Item>
struct Page {
    std::vector<Item> items = {};
    std::optional<std::string> next_cursor = {};
};

struct SessionQuery {
    domain::Reach reach;
    std::optional<domain::SessionStatus> status = {};
    std::optional<domain::PatientId> patient = {};
    std::optional<domain::UserId> provider = {};
    std::optional<domain::NodeId> node = {};
    std::optional<domain::Instant> from = {};  ///< by scheduledStart, inclusive
    std::optional<domain::Instant> to = {};    ///< exclusive
    unsigned limit = 50;                       ///< 1–200
    std::optional<std::string> cursor = {};    ///< as given out; a wrong one is validation_error at `/cursor`
};

/// One person in a waiting room, as the clinic sees it.
struct WaitingEntry {
    domain::SessionId session;
    domain::Participant participant;
    domain::Instant waiting_since;
    std::optional<std::string> language;
    bool interpreter_needed = false;  ///< their language is not the clinic's and no interpreter joined
};

/// A session and the configuration it is decided by, of one moment.
struct FoundSession {
    domain::SessionData session;
    domain::TenantConfig config;
};

/// Reads of sessions. `store_unavailable` when the store cannot answer; a foreign id is simply not there.
class SessionStore {
  public:
    virtual ~SessionStore() = default;
    [[nodiscard]] virtual Task<Result<std::optional<domain::SessionData>>> find_session(
        domain::TenantScope scope, domain::SessionId id) = 0;
    /// What a command decides by, in one question.
    [[nodiscard]] virtual Task<Result<std::optional<FoundSession>>> find_with_config(
        domain::TenantScope scope, domain::SessionId id) = 0;
    /// The session this participant belongs to.
    [[nodiscard]] virtual Task<Result<std::optional<domain::SessionData>>> find_session_of(
        domain::TenantScope scope, domain::ParticipantId participant) = 0;
    [[nodiscard]] virtual Task<Result<Page<domain::SessionData>>> list_sessions(domain::TenantScope scope,
                                                                                SessionQuery query) = 0;
    /// Sessions of a patient that are not over.
    [[nodiscard]] virtual Task<Result<std::vector<domain::SessionData>>> open_sessions_of(
        domain::TenantScope scope, domain::PatientId patient) = 0;
    /// Sessions that are not over and that this user takes part in.
    [[nodiscard]] virtual Task<Result<std::vector<domain::SessionData>>> open_sessions_with(
        domain::TenantScope scope, domain::UserId user) = 0;
    /// The first one made for the appointment, over or not.
    [[nodiscard]] virtual Task<Result<std::optional<domain::SessionData>>> find_session_for(
        domain::TenantScope scope, domain::AppointmentId appointment) = 0;
    /// Longest wait first.
    [[nodiscard]] virtual Task<Result<std::vector<WaitingEntry>>> waiting_room(domain::TenantScope scope,
                                                                               domain::Reach reach) = 0;
    /// How many patients wait for the same provider since before this participant did; 0 when they are next.
    [[nodiscard]] virtual Task<Result<unsigned>> waiting_before(domain::TenantScope scope,
                                                                domain::SessionId session,
                                                                domain::ParticipantId participant) = 0;
    /// Oldest first.
    [[nodiscard]] virtual Task<Result<std::vector<domain::TimelineItem>>> timeline(domain::TenantScope scope,
                                                                                   domain::SessionId id) = 0;
    [[nodiscard]] virtual Task<Result<std::vector<DeviceCheckRecord>>> device_checks(
        domain::TenantScope scope, domain::SessionId id) = 0;
    /// The patient's, while it is kept.
    [[nodiscard]] virtual Task<Result<std::vector<WhereaboutsRecord>>> whereabouts(domain::TenantScope scope,
                                                                                   domain::SessionId id) = 0;
    [[nodiscard]] virtual Task<Result<std::vector<ConsentRefusal>>> refusals(domain::TenantScope scope,
                                                                             domain::SessionId id) = 0;
};

}  // namespace vcare::application
