// SPDX-License-Identifier: Apache-2.0
#include "support/coturn.hpp"

#include <gtest/gtest.h>

#include "adapters/system/system.hpp"
#include "adapters/video/embedded_video.hpp"
#include "application/tenant_authority.hpp"
#include "unit/adapters/await.hpp"

namespace vcare::video {
namespace {

using tests::await;

const auto scope = application::TenantAuthority::of_operator(domain::TenantId::parse("hill").value());

/// The embedded backend beside a real TURN server, Debian's coturn.
class CoturnTest : public testing::Test {
  protected:
    bool is_healthy() { return await(video_->health()).healthy; }
    bool becomes(bool healthy) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        while (is_healthy() != healthy) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            await(clock_->wait_for(domain::milliseconds{100}));
        }
        return true;
    }
    /// Allocates relays and sends data through them, as a browser would.
    int relay_with(const std::string& username, const std::string& password) {
        return support::run({"/usr/bin/env", "turnutils_uclient", "-y", "-c", "-n", "1", "-p", coturn_.port(),
                             "-u", username, "-w", password, "127.0.0.1"})
            .exit_code;
    }

    support::Coturn coturn_;
    const std::unique_ptr<application::Clock> clock_ = system::make_system_clock();
    const std::unique_ptr<application::Randomness> randomness_ = system::make_system_randomness();
    const std::unique_ptr<application::VideoBackend> video_ =
        make_embedded_video({.room_url_base = "http://127.0.0.1/rooms",
                             .servers = {{}, {coturn_.url()}},
                             .turn_secret = support::Coturn::secret()},
                            *clock_, *randomness_);
};

TEST_F(CoturnTest, is_healthy_while_the_server_runs_and_again_when_it_is_back) {
    ASSERT_FALSE(is_healthy());
    coturn_.start();
    ASSERT_TRUE(becomes(true));

    coturn_.kill();
    EXPECT_TRUE(becomes(false));

    coturn_.start();
    EXPECT_TRUE(becomes(true));
}

TEST_F(CoturnTest, lets_the_holder_of_a_video_credential_relay_and_nobody_else) {
    coturn_.start();
    ASSERT_TRUE(becomes(true));
    const domain::SessionData session{.id = domain::SessionId::make(clock_->now(), {}),
                                      .tenant = scope.tenant(),
                                      .patient = domain::PatientId::parse("pat-1").value(),
                                      .initiator = domain::UserId::parse("usr-1").value(),
                                      .scheduled_end = clock_->now() + domain::minutes{30}};

    const auto credential =
        await(video_->credential(scope, session, domain::ParticipantId::make(clock_->now(), {}), "")).value();

    const auto& server = credential.ice_servers.at(0);
    EXPECT_EQ(relay_with(server.username, server.credential), 0);
    EXPECT_NE(relay_with(server.username, "guessed"), 0);
}

}  // namespace
}  // namespace vcare::video
