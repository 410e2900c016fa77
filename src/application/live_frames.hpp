// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <variant>

#include "application/ports/event_log.hpp"
#include "application/read_audit_trail.hpp"
#include "application/visit_view.hpp"

namespace vcare::application {

struct StateFrame {
    VisitView view;
};
struct AdmittedFrame {
    domain::SessionId session;
    domain::ParticipantId participant;
    domain::Instant at;
};
struct RemovedFrame {
    domain::ParticipantId participant;
    std::string reason;
};
struct EndedFrame {
    domain::SessionId session;
    domain::SessionStatus status{};
    std::string reason;
    domain::Instant at;
};
struct ModeFrame {
    domain::Mode mode{};
    std::string reason;
};

/// One frame of a visit's event stream. `position.ordinal` is its id.
struct VisitFrame {
    std::uint64_t position = 0;
    unsigned ordinal = 0;
    std::variant<StateFrame, AdmittedFrame, RemovedFrame, EndedFrame, ModeFrame> data;
    bool closes = false;  ///< nothing follows: the stream is closed after it
};

/// Where a stream was left, as its last id says. The ordinal counts the frames of one position.
struct StreamPosition {
    std::uint64_t position = 0;
    unsigned ordinal = 0;

    [[nodiscard]] static std::optional<StreamPosition> parse(std::string_view text);
    [[nodiscard]] std::string to_text() const;
};

/// The named frames (all but `state`) that an event means for one participant. Pure.
[[nodiscard]] std::vector<VisitFrame> frames_of(const PublishedEvent& event,
                                                const domain::ParticipantId& participant);

/// A participant's stream: what to send when it opens and when events of its session arrive. Writes their
/// presence. The HTTP adapter owns the socket and calls these in order for one stream.
class FollowVisit {
  public:
    explicit FollowVisit(const Services& services);

    /// A fresh stream gets a `state`; a resumed one everything it missed, then a `state`. Comes back from
    /// `disconnected`. An id that is too old: a `state`, no error.
    [[nodiscard]] Task<Result<std::vector<VisitFrame>>> open(VisitContext context,
                                                             std::optional<StreamPosition> last,
                                                             std::string stream_id, std::string replica);
    /// New events of the session, in order. Somebody who joins again, by a new link or on another device, has
    /// a new credential: the stream of the one before ends as `removed`, reason `moved`. That of somebody who
    /// leaves ends as `removed`, reason `left`.
    [[nodiscard]] Task<Result<std::vector<VisitFrame>>> follow(VisitContext context,
                                                               std::vector<PublishedEvent> events);
    /// The stream closed at `at`, however much later that can be written.
    [[nodiscard]] Task<Result<void>> close(VisitContext context, std::string stream_id, domain::Instant at);

    /// What the holder of a lately voided credential still gets: the one final frame.
    [[nodiscard]] Task<Result<VisitFrame>> last_word(VisitContext context);

  private:
    Services services_;
    SessionDesk desk_;
    ViewVisit view_;
};

/// The staff feed: which events a caller may see.
class FollowClinic {
  public:
    FollowClinic(const Services& services, ReadAuditTrail& trail) : services_(services), trail_(trail) {}

    struct Missed {
        std::vector<PublishedEvent> events = {};
        bool is_all = true;  ///< false: there is more behind them, for another opening
    };
    /// Permission, one audit entry, and what was missed since `last`; nothing missed on a fresh stream.
    [[nodiscard]] Task<Result<Missed>> open(StaffContext context, std::optional<StreamPosition> last);
    /// Those of `events` (all of the caller's tenant) that are in the caller's reach, in order.
    [[nodiscard]] Task<Result<std::vector<PublishedEvent>>> visible(StaffContext context,
                                                                    std::vector<PublishedEvent> events);

  private:
    Task<Result<bool>> is_in_reach(StaffContext context, domain::Event event);
    Services services_;
    ReadAuditTrail& trail_;
};

}  // namespace vcare::application
