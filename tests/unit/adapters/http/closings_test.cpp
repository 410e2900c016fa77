// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/live/closings.hpp"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "support/fakes/clinic.hpp"
#include "unit/adapters/http/fakes.hpp"

namespace vcare::http {
namespace {

using application::PresenceStore;
using application::Services;
using domain::Instant;

/// A store whose queue a test can make as short as it likes.
class CrowdedPresence final : public PresenceStore {
  public:
    unsigned queue_limit = 4096;
    unsigned refusals_to_come = 0;
    unsigned most_at_once = 0;
    std::map<std::string, Instant> closed;  ///< by stream

    Task<Result<void>> stream_closed(domain::TenantScope, domain::SessionId, domain::ParticipantId,
                                     std::string stream_id, Instant at, Instant) override {
        if (refusals_to_come > 0) {
            --refusals_to_come;
            co_return testing::away(ErrorCode::store_unavailable);
        }
        if (at_once_ >= queue_limit) co_return testing::away(ErrorCode::store_unavailable);
        most_at_once = std::max(most_at_once, ++at_once_);
        co_await boost::asio::post(boost::asio::use_awaitable);
        --at_once_;
        closed[stream_id] = at;
        co_return Result<void>{};
    }
    Task<Result<void>> stream_opened(domain::TenantScope, domain::SessionId, domain::ParticipantId,
                                     std::string, std::string, Instant) override {
        co_return Result<void>{};
    }
    Task<Result<void>> called(domain::TenantScope, domain::SessionId, domain::ParticipantId,
                              Instant) override {
        co_return Result<void>{};
    }
    Task<Result<std::vector<domain::Presence>>> presences(domain::TenantScope, domain::SessionId,
                                                          Instant) override {
        co_return std::vector<domain::Presence>{};
    }
    Task<Result<application::AdmissionBasis>> admission_basis(domain::TenantScope, domain::SessionId,
                                                              domain::PatientId, Instant) override {
        co_return application::AdmissionBasis{};
    }
    Task<Result<Instant>> heartbeat(std::string, Instant at) override { co_return at; }

  private:
    unsigned at_once_ = 0;
};

class ClosingsTest : public ::testing::Test {
  protected:
    void close_streams(unsigned count) {
        for (unsigned i = 0; i < count; ++i) closings.add(seat, "s-" + std::to_string(i));
    }
    /// Returns when the loop has nothing left to do.
    void join() {
        boost::asio::co_spawn(io, loop.tasks().join(), [this](std::exception_ptr) { is_joined = true; });
        io.restart();
        io.run();
    }

    testing::Clinic clinic;
    CrowdedPresence presence;
    // clang-format off
    Services services{clinic.services.clock, clinic.services.randomness, clinic.services.units,
                      clinic.services.sessions, clinic.services.credentials, clinic.services.tenants,
                      clinic.services.consents, clinic.services.audit, presence, clinic.services.queues,
                      clinic.services.inbox, clinic.services.event_log, clinic.services.broker, clinic.services.live,
                      clinic.services.consent_service, clinic.services.video, clinic.services.keys,
                      clinic.services.cryptography, clinic.services.bearers, clinic.services.fhir,
                      clinic.services.licensing, clinic.services.telemetry};
    // clang-format on
    application::VisitContext seat = clinic.visit(clinic.comes_in(clinic.a_visit(), domain::Role::patient));
    application::FollowVisit follow{services};
    boost::asio::io_context io;
    Limits limits;
    tests::Journal journal;
    Loop loop{io.get_executor(), 0, limits, clinic.clock, journal};
    Closings closings{loop, follow};
    bool is_joined = false;
};

TEST_F(ClosingsTest, take_a_small_share_of_the_stores_queue_however_many_there_are) {
    presence.queue_limit = Closings::max_writers;

    close_streams(10'000);
    join();

    EXPECT_EQ(presence.closed.size(), 10'000U);
    EXPECT_LE(presence.most_at_once, Closings::max_writers);
    EXPECT_FALSE(journal.has("live.presence_not_written"));
}

TEST_F(ClosingsTest, are_written_again_until_the_store_takes_them) {
    presence.refusals_to_come = 5'000;

    close_streams(1'000);
    join();

    EXPECT_EQ(presence.closed.size(), 1'000U);
    EXPECT_EQ(std::ranges::count(journal.events, "live.presence_not_written"), 1);
}

TEST_F(ClosingsTest, say_when_the_stream_closed_and_not_when_that_could_be_written) {
    const auto closed_at = clinic.clock.now();
    presence.refusals_to_come = 100;

    close_streams(1);
    join();

    EXPECT_EQ(presence.closed.at("s-0"), closed_at);
    EXPECT_GT(clinic.clock.now(), closed_at);
}

TEST_F(ClosingsTest, are_all_written_before_the_tasks_of_their_loop_are_done) {
    presence.refusals_to_come = 10;
    close_streams(100);

    join();

    EXPECT_TRUE(is_joined);
    EXPECT_EQ(presence.closed.size(), 100U);
}

TEST_F(ClosingsTest, are_tried_once_more_and_then_given_up_when_the_process_is_about_to_end) {
    presence.queue_limit = 0;
    close_streams(1'000);

    closings.hurry();
    join();

    EXPECT_TRUE(is_joined);
    EXPECT_TRUE(presence.closed.empty());
    EXPECT_TRUE(journal.has("live.presence_given_up"));
}

TEST_F(ClosingsTest, are_written_in_a_hurry_too_when_the_store_takes_them) {
    closings.hurry();
    close_streams(1'000);
    join();

    EXPECT_EQ(presence.closed.size(), 1'000U);
}

}  // namespace
}  // namespace vcare::http
