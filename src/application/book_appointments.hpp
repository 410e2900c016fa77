// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/create_session.hpp"
#include "application/ports/inbox_store.hpp"
#include "application/round.hpp"

namespace vcare::application {

/// Books what waits: makes the session of an appointment as soon as it has a provider, a consent and a
/// licence, and the services it needs answer. The session and the appointment's note of it are one
/// transaction, which a move or a cancellation in between makes stale: so there is one session at most, and
/// none for what was cancelled. What still lacks something waits for it; what is over is closed.
class BookAppointments {
  public:
    explicit BookAppointments(const Services& services) : services_(services), create_(services) {}
    [[nodiscard]] Task<Result<Round>> run_once();
    static constexpr unsigned batch = 50;
    static constexpr domain::seconds lease{60};
    /// Whoever keeps the consents elsewhere may not tell us of a new one.
    static constexpr domain::minutes asks_again_after{10};

  private:
    Task<void> book_or_put_off(DueAppointment due);
    Task<Result<domain::SessionData>> book(DueAppointment due);
    Task<void> put_off(DueAppointment due, Error problem);
    Services services_;
    CreateSession create_;
};

}  // namespace vcare::application
