// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>

#include <boost/asio/io_context.hpp>

#include "application/add_participant.hpp"
#include "application/admit_participant.hpp"
#include "application/answer_consent.hpp"
#include "application/cancel_session.hpp"
#include "application/configure_tenant.hpp"
#include "application/create_session.hpp"
#include "application/end_session.hpp"
#include "application/enter_video.hpp"
#include "application/fall_back.hpp"
#include "application/give_whereabouts.hpp"
#include "application/idempotency.hpp"
#include "application/issue_join_token.hpp"
#include "application/join_as_staff.hpp"
#include "application/join_visit.hpp"
#include "application/leave_visit.hpp"
#include "application/live_frames.hpp"
#include "application/pay_encounters.hpp"
#include "application/ports/cryptography.hpp"
#include "application/preview_link.hpp"
#include "application/read_sessions.hpp"
#include "application/relay_outbox.hpp"
#include "application/remove_participant.hpp"
#include "application/report_connection.hpp"
#include "application/request_new_link.hpp"
#include "application/reschedule_session.hpp"
#include "application/seal_audit.hpp"
#include "application/send_reminders.hpp"
#include "application/staff_authentication.hpp"
#include "application/sweep_sessions.hpp"
#include "application/tell_live_streams.hpp"
#include "application/visit_authentication.hpp"
#include "application/watch_queues.hpp"
#include "simulation/planted/planted.hpp"
#include "simulation/world/store.hpp"

namespace vcare::simulation {

/// What outlives a crash: the store, and the services around ours.
struct Surroundings {
    const Weather& weather;
    store::Database& database;
    ConsentOwner& consents;
    Record& record;
    Broker& broker;
    Planted planted = Planted::nothing;
};

/// One life of the service: the real use cases and workers on this world's ports. It dies by being
/// destroyed, with everything it remembered and whatever it was in the middle of.
class Core final : private application::LiveBus {
  public:
    Core(const Surroundings& surroundings, Owner owner, std::uint64_t seed);
    ~Core() override;
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    /// Runs whatever can run now; false when that was nothing.
    bool poll();
    [[nodiscard]] boost::asio::any_io_executor executor() { return io_.get_executor(); }
    [[nodiscard]] const std::string& replica() const { return replica_; }
    [[nodiscard]] domain::Instant now() const { return clock_.now(); }

    /// A stream that the events of its session go to, until it is closed.
    struct Stream {
        std::string id;
        application::VisitContext context;
        bool closed = false;  ///< by its last frame
    };
    void keep(Stream stream);
    [[nodiscard]] bool has_open(const std::string& stream_id) const;
    void forget(const std::string& stream_id);

  private:
    void announce(std::vector<application::PublishedEvent> events) override;
    void send(application::Signal) override {}

    [[nodiscard]] application::UnitOfWorkRunner& units_with(Planted planted);
    Task<void> follow(std::string stream_id, std::vector<application::PublishedEvent> events);
    Task<void> beat();
    Task<void> run_sweeper();
    [[nodiscard]] domain::SweepClock as_planted(domain::SweepClock heartbeat) const;
    template <class Worker>
    Task<void> repeat(Worker* worker, domain::seconds pause);
    Task<void> pay_consent_debts();
    Task<void> write_read_audit();

    Surroundings surroundings_;
    Owner owner_;
    boost::asio::io_context io_{1};
    std::string replica_;

    SimulatedClock clock_;
    SimulatedRandomness randomness_;
    DatabaseRoad road_;
    UnitRoad unit_road_;
    StorePorts store_;
    ConsentPort consent_port_;
    VideoPort video_;
    RoomsLeftBehind hasty_video_;
    RecordPort record_;
    BrokerPort broker_;
    KeyPort keys_;
    BearerPort bearers_;
    LicencePort licences_;
    TelemetryPort telemetry_;
    std::unique_ptr<application::Cryptography> cryptography_;
    EventOutsideTheTransaction hasty_units_;
    EventThatSaysTooMuch talkative_units_;
    RememberedConsent forgetless_consents_;
    application::Services services_;
    std::map<std::string, Stream> streams_;
    std::optional<domain::SweepClock> heartbeat_;  ///< the last one that is in the store

    application::TellLiveStreams teller_;
    application::RelayOutbox relay_;
    application::SweepSessions sweeper_;
    application::PayEncounters payer_;
    application::SealAudit sealer_;
    application::WatchQueues watcher_;
    application::SendReminders reminders_;
    application::ConsentDebtPayer consent_debts_;
    application::ReadAuditTrail trail_;
    application::ConnectionSamples samples_;

  public:
    application::StaffAuthentication staff;
    application::VisitAuthentication visits;
    application::LinkAuthentication links;
    application::Idempotency idempotency;
    application::CreateSession create;
    application::IssueJoinToken issue_token;
    application::RemoveParticipant remove;
    application::AddParticipant add;
    application::AdmitParticipant admit;
    application::EndSession end;
    application::CancelSession cancel;
    application::RescheduleSession reschedule;
    application::FallBack fall_back;
    application::PreviewLink preview;
    application::RequestNewLink new_link;
    application::JoinVisit join;
    application::JoinAsStaff join_as_staff;
    application::FollowVisit follow_visit;
    application::ViewVisit view;
    application::AnswerConsent answer_consent;
    application::ReportConnection report_connection;
    application::EnterVideo enter_video;
    application::GiveWhereabouts give_whereabouts;
    application::LeaveVisit leave;
    application::ReadSessions read;
    application::ConfigureTenant configure;
};

}  // namespace vcare::simulation
