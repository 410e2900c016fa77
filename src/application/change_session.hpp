// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/link_authentication.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

/// Ends a visit that is waiting or active. Repeating it on an ended one answers with the session.
class EndSession {
  public:
    explicit EndSession(const Services& services) : desk_(services) {}
    struct Command {
        domain::SessionId session;
        std::uint64_t version = 0;
        std::string reason = "completed";
    };
    [[nodiscard]] Task<Result<domain::SessionData>> operator()(StaffContext context, Command command,
                                                               KeepAnswer<domain::SessionData> keep);

  private:
    SessionDesk desk_;
};

/// Cancels a visit that nobody was admitted to. Repeating it on a cancelled one answers with the session.
class CancelSession {
  public:
    explicit CancelSession(const Services& services) : desk_(services) {}
    struct Command {
        domain::SessionId session;
        std::uint64_t version = 0;
        std::string reason;
    };
    [[nodiscard]] Task<Result<domain::SessionData>> operator()(StaffContext context, Command command,
                                                               KeepAnswer<domain::SessionData> keep);

  private:
    SessionDesk desk_;
};

/// Moves a visit that has not begun. Every join token out there is replaced.
class RescheduleSession {
  public:
    explicit RescheduleSession(const Services& services);
    struct Command {
        domain::SessionId session;
        std::optional<std::uint64_t> version = {};
        domain::Instant scheduled_start;
        std::optional<domain::Instant> scheduled_end = {};
    };
    [[nodiscard]] Task<Result<domain::SessionData>> operator()(StaffContext context, Command command,
                                                               KeepAnswer<domain::SessionData> keep);

  private:
    Task<Result<std::optional<domain::SessionData>>> try_once(StaffContext context, Command command,
                                                              KeepAnswer<domain::SessionData> keep);
    Services services_;
    SessionDesk desk_;
    LinkMaker links_;
};

/// Changes how the people of an active visit talk.
class FallBack {
  public:
    explicit FallBack(const Services& services) : services_(services), desk_(services) {}
    struct Command {
        domain::SessionId session;
        std::optional<std::uint64_t> version = {};
        domain::Mode mode{};
        std::string reason;
    };
    [[nodiscard]] Task<Result<domain::SessionData>> operator()(StaffContext context, Command command,
                                                               KeepAnswer<domain::SessionData> keep);

  private:
    Services services_;
    SessionDesk desk_;
};

/// Has the Encounter of a visit that took place paid to the record now, whether it waits for its next try or
/// was refused. One that is in the record already is answered with the session; `invalid_status_transition`
/// when the visit owes none.
class RetryEncounter {
  public:
    explicit RetryEncounter(const Services& services) : desk_(services) {}
    struct Command {
        domain::SessionId session;
    };
    [[nodiscard]] Task<Result<domain::SessionData>> operator()(StaffContext context, Command command,
                                                               KeepAnswer<domain::SessionData> keep);

  private:
    SessionDesk desk_;
};

/// A session's window in a request: `scheduled_end` defaults to the tenant's duration; `validation_error`
/// at the field when the end is not after the start, the visit is longer than 24 h, or it is over already.
[[nodiscard]] Result<domain::Instant> check_window(domain::Instant start, std::optional<domain::Instant> end,
                                                   const domain::TenantConfig& config, domain::Instant now);

}  // namespace vcare::application
