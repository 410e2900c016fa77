// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/connection_samples.hpp"
#include "application/consent_desk.hpp"
#include "application/join_visit.hpp"
#include "application/ports/event_bus.hpp"
#include "application/ports/video_backend.hpp"
#include "application/whereabouts.hpp"

/// Everything a participant does in the visit beside joining it; each is one call of `/visit`.
namespace vcare::application {

/// A participant answers a consent question, or withdraws. A withdrawal takes effect here at once.
class AnswerConsent {
  public:
    explicit AnswerConsent(const Services& services);
    using Questions = std::vector<ConsentView>;
    [[nodiscard]] Task<Result<Questions>> operator()(VisitContext context, ConsentChoice choice,
                                                     KeepAnswer<Questions> keep = {});

  private:
    struct Answering {
        VisitContext context;
        ConsentChoice choice;
        LoadedSession loaded;
        bool was_refused = false;  ///< at some time before
        KeepAnswer<Questions> keep;
    };
    Task<Result<Questions>> grant(Answering answering);
    Task<Result<Questions>> keep_refusal(Answering answering);
    Task<Result<Questions>> withdraw(Answering answering);
    Services services_;
    SessionDesk desk_;
    ConsentDesk consents_;
};

class ReportConnection {
  public:
    ReportConnection(const Services& services, ConnectionSamples& samples);
    struct Report {
        double rtt_ms = 0;
        double loss_pct = 0;
        double kbps = 0;
        domain::Mode media{};
    };
    [[nodiscard]] Task<Result<domain::FallbackAdvice>> operator()(
        VisitContext context, Report report, KeepAnswer<domain::FallbackAdvice> keep = {});

  private:
    Services services_;
    SessionDesk desk_;
    ConnectionSamples& samples_;
};

/// Hands an admitted participant what the media needs; on the embedded backend that is what makes them
/// `active`. `access_denied` before admission.
class EnterVideo {
  public:
    explicit EnterVideo(const Services& services);
    struct Peer {
        domain::ParticipantId id;
        domain::Role role{};
    };
    struct Access {
        std::string backend;
        std::vector<IceServer> ice_servers;
        std::vector<Peer> peers;
    };
    [[nodiscard]] Task<Result<Access>> operator()(VisitContext context);

  private:
    Services services_;
    SessionDesk desk_;
};

/// Passes a WebRTC signal to one admitted peer of the same session.
class SendSignal {
  public:
    explicit SendSignal(const Services& services);
    struct Command {
        domain::ParticipantId to;
        std::string kind;
        std::string payload;
    };
    [[nodiscard]] Task<Result<void>> operator()(VisitContext context, Command command,
                                                KeepAnswer<Done> keep = {});

  private:
    Services services_;
    SessionDesk desk_;
};

/// The patient says where they are; sealed, for the provider only.
class GiveWhereabouts {
  public:
    explicit GiveWhereabouts(const Services& services);
    struct Command {
        domain::Phi<std::string> address;
        domain::Phi<std::string> callback_number;
    };
    [[nodiscard]] Task<Result<void>> operator()(VisitContext context, Command command,
                                                KeepAnswer<Done> keep = {});

  private:
    Services services_;
    SessionDesk desk_;
};

class LeaveVisit {
  public:
    explicit LeaveVisit(const Services& services) : desk_(services) {}
    [[nodiscard]] Task<Result<void>> operator()(VisitContext context, KeepAnswer<Done> keep = {});

  private:
    SessionDesk desk_;
};

/// Keeps the result of a device check; by the holder of a link (before joining) or of a seat.
class KeepDeviceCheck {
  public:
    explicit KeepDeviceCheck(const Services& services) : services_(services) {}
    /// `result.participant` and `result.at` are set here.
    [[nodiscard]] Task<Result<void>> operator()(VisitContext context, DeviceCheckRecord result,
                                                KeepAnswer<Done> keep = {});

  private:
    Services services_;
};

class GiveFeedback {
  public:
    explicit GiveFeedback(const Services& services) : services_(services) {}
    struct Command {
        unsigned rating = 0;
        domain::Phi<std::string> comment = {};
    };
    [[nodiscard]] Task<Result<void>> operator()(VisitContext context, Command command,
                                                KeepAnswer<Done> keep = {});

  private:
    Services services_;
};

/// Until when a session can be joined, which is how long a browser keeps the credential of one who did.
class FindWindowEnd {
  public:
    explicit FindWindowEnd(const Services& services) : desk_(services) {}
    [[nodiscard]] Task<Result<domain::Instant>> operator()(domain::TenantScope scope,
                                                           domain::SessionId session);

  private:
    SessionDesk desk_;
};

}  // namespace vcare::application
