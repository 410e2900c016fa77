// SPDX-License-Identifier: Apache-2.0
#include "adapters/video/embedded_video.hpp"

#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include "adapters/crypto/digest.hpp"
#include "adapters/crypto/encoding.hpp"
#include "adapters/system/system.hpp"
#include "application/tenant_authority.hpp"
#include "unit/adapters/await.hpp"
#include "unit/adapters/fixed_clock.hpp"

namespace vcare::video {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::MatchesRegex;
using tests::await;

const auto scope = application::TenantAuthority::of_operator(domain::TenantId::parse("hill").value());

/// Answers STUN requests on a port of its own, after some silence or wrongly if told to.
class StunServer {
  public:
    explicit StunServer(unsigned silent_for = 0, bool answers_wrongly = false)
        : silent_for_(silent_for), answers_wrongly_(answers_wrongly) {
        thread_ = std::jthread{[this](const std::stop_token& stop) { serve(stop); }};
    }
    ~StunServer() {
        thread_.request_stop();
        asio::io_context io;
        udp::socket wake{io, udp::v4()};
        wake.send_to(asio::buffer("", 1), socket_.local_endpoint());
    }
    [[nodiscard]] std::string url() const {
        return "turn:127.0.0.1:" + std::to_string(socket_.local_endpoint().port());
    }
    [[nodiscard]] unsigned requests() const { return requests_; }

  private:
    void serve(const std::stop_token& stop) {
        std::array<unsigned char, 1500> datagram{};
        for (;;) {
            udp::endpoint from;
            const std::size_t length = socket_.receive_from(asio::buffer(datagram), from);
            if (stop.stop_requested()) return;
            if (++requests_ <= silent_for_) continue;
            datagram[0] = 0x01;  // success
            if (answers_wrongly_) datagram[19] = static_cast<unsigned char>(datagram[19] ^ 1);
            socket_.send_to(asio::buffer(datagram, length), from);
        }
    }

    asio::io_context io_;
    udp::socket socket_{io_, udp::endpoint{asio::ip::address_v4::loopback(), 0}};
    unsigned silent_for_;
    bool answers_wrongly_;
    std::atomic<unsigned> requests_ = 0;
    std::jthread thread_;
};

/// A port where nobody listens.
std::string dead_url() {
    asio::io_context io;
    udp::socket taken{io, udp::endpoint{asio::ip::address_v4::loopback(), 0}};
    return "turn:127.0.0.1:" + std::to_string(taken.local_endpoint().port());
}

class EmbeddedVideoTest : public testing::Test {
  protected:
    std::unique_ptr<application::VideoBackend> backend(std::vector<std::string> turn_urls = {},
                                                       std::vector<std::string> stun_urls = {}) {
        return make_embedded_video({.room_url_base = "https://visits.example/rooms",
                                    .servers = {std::move(stun_urls), std::move(turn_urls)},
                                    .turn_secret = "turn secret"},
                                   clock_, *randomness_);
    }
    domain::SessionData session_until(domain::Instant scheduled_end) const {
        return {.id = domain::SessionId::make(clock_.now(), {}),
                .tenant = scope.tenant(),
                .patient = domain::PatientId::parse("pat-1").value(),
                .initiator = domain::UserId::parse("usr-1").value(),
                .scheduled_end = scheduled_end};
    }

    tests::FixedClock clock_;
    const std::unique_ptr<application::Randomness> randomness_ = system::make_system_randomness();
    const domain::ParticipantId participant_ = domain::ParticipantId::make(clock_.now(), {});
};

TEST_F(EmbeddedVideoTest, makes_rooms_with_names_that_cannot_be_guessed) {
    const auto video = backend();
    const auto session = domain::SessionId::make(clock_.now(), {});
    std::set<std::string> names;

    for (int i = 0; i < 1000; ++i) {
        const auto room = await(video->provision_room(scope, session)).value();
        EXPECT_THAT(room.name, MatchesRegex("[a-z0-9-]{32}"));
        EXPECT_EQ(room.url, "https://visits.example/rooms/" + room.name);
        EXPECT_TRUE(names.insert(room.name).second);
    }
}

TEST_F(EmbeddedVideoTest, takes_a_room_back_more_than_once) {
    const auto video = backend();

    EXPECT_TRUE(await(video->release_room(scope, "room")));
    EXPECT_TRUE(await(video->release_room(scope, "room")));
}

TEST_F(EmbeddedVideoTest, is_healthy_without_servers_to_ask) {
    const auto health = await(backend()->health());

    EXPECT_TRUE(health.healthy);
    EXPECT_EQ(health.checked_at, clock_.now());
}

TEST_F(EmbeddedVideoTest, is_healthy_while_one_server_answers) {
    const StunServer server;

    EXPECT_TRUE(await(backend({dead_url(), server.url()})->health()).healthy);
}

TEST_F(EmbeddedVideoTest, asks_again_when_a_datagram_was_lost) {
    const StunServer server{1};

    EXPECT_TRUE(await(backend({server.url()})->health()).healthy);
    EXPECT_GE(server.requests(), 2U);
}

TEST_F(EmbeddedVideoTest, is_unhealthy_when_nobody_listens) {
    const std::string url = dead_url();

    const auto health = await(backend({url})->health());

    EXPECT_FALSE(health.healthy);
    EXPECT_EQ(health.reason, "no answer within 2 s from " + url);
}

TEST_F(EmbeddedVideoTest, is_unhealthy_when_only_wrong_answers_come_within_two_seconds) {
    const StunServer server{0, true};
    const auto before = std::chrono::steady_clock::now();

    const auto health = await(backend({server.url()})->health());

    const auto took = std::chrono::steady_clock::now() - before;
    EXPECT_FALSE(health.healthy);
    EXPECT_GE(took, std::chrono::milliseconds{1900});
    EXPECT_LT(took, std::chrono::seconds{10}) << "two, on a machine with nothing else to do";
    EXPECT_EQ(server.requests(), 3U);
}

TEST_F(EmbeddedVideoTest, connects_to_a_server_that_is_reached_over_tcp) {
    asio::io_context io;
    tcp::acceptor acceptor{io, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
    const std::string url =
        "turn:127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "?transport=tcp";
    EXPECT_TRUE(await(backend({url})->health()).healthy);

    acceptor.close();

    EXPECT_FALSE(await(backend({url})->health()).healthy);
}

TEST_F(EmbeddedVideoTest, uses_a_verdict_again_for_a_second) {
    const StunServer server;
    const auto video = backend({server.url()});

    ASSERT_TRUE(await(video->health()).healthy);
    clock_.advance(domain::milliseconds{999});
    ASSERT_TRUE(await(video->health()).healthy);
    EXPECT_EQ(server.requests(), 1U);

    clock_.advance(domain::milliseconds{1});
    ASSERT_TRUE(await(video->health()).healthy);
    EXPECT_EQ(server.requests(), 2U);
}

TEST_F(EmbeddedVideoTest, gives_a_turn_login_until_an_hour_after_the_visit) {
    const auto end = clock_.now() + domain::minutes{30};
    const auto video = backend({"turn:turn.example"}, {"stun:stun.example"});

    const auto credential = await(video->credential(scope, session_until(end), participant_, "")).value();

    ASSERT_EQ(credential.ice_servers.size(), 2U);
    EXPECT_EQ(credential.ice_servers[0].urls, std::vector<std::string>{"stun:stun.example"});
    EXPECT_TRUE(credential.ice_servers[0].username.empty());
    const auto& turn = credential.ice_servers[1];
    const auto expiry = domain::to_unix_ms(end + domain::hours{1}) / 1000;
    EXPECT_EQ(turn.urls, std::vector<std::string>{"turn:turn.example"});
    EXPECT_EQ(turn.username, std::to_string(expiry) + ':' + participant_.text());
    EXPECT_EQ(turn.credential, crypto::to_base64(crypto::hmac_sha1("turn secret", turn.username)));
}

TEST_F(EmbeddedVideoTest, gives_a_visit_that_runs_late_a_login_that_still_works) {
    const auto video = backend({"turn:turn.example"});
    const auto end = clock_.now() - domain::hours{3};

    const auto credential = await(video->credential(scope, session_until(end), participant_, "")).value();

    const auto expiry = domain::to_unix_ms(clock_.now() + domain::hours{1}) / 1000;
    EXPECT_EQ(credential.ice_servers.at(0).username, std::to_string(expiry) + ':' + participant_.text());
}

class MediaRegions : public EmbeddedVideoTest {
  protected:
    /// Servers without a region, and of the regions ca and de.
    std::unique_ptr<application::VideoBackend> backend_in(std::string everywhere, std::string ca,
                                                          std::string de) {
        return make_embedded_video(
            {.servers = {{"stun:stun.example"}, {std::move(everywhere)}},
             .regional = {{"ca", {{}, {std::move(ca)}}}, {"de", {{"stun:de.example"}, {std::move(de)}}}},
             .turn_secret = "turn secret"},
            clock_, *randomness_);
    }
    std::vector<std::string> urls_in(application::VideoBackend& video, std::string region) {
        const auto credential =
            await(video.credential(scope, session_until(clock_.now()), participant_, std::move(region)))
                .value();
        std::vector<std::string> urls;
        for (const auto& server : credential.ice_servers)
            urls.insert(urls.end(), server.urls.begin(), server.urls.end());
        return urls;
    }
};

TEST_F(MediaRegions, are_those_that_have_servers) {
    const auto video = backend_in("turn:turn.example", "turn:ca.example", "turn:de.example");

    EXPECT_THAT(video->media_regions(), ElementsAre("ca", "de"));
    EXPECT_THAT(backend()->media_regions(), IsEmpty());
}

TEST_F(MediaRegions, lend_their_own_servers_only) {
    const auto video = backend_in("turn:turn.example", "turn:ca.example", "turn:de.example");

    EXPECT_THAT(urls_in(*video, ""), ElementsAre("stun:stun.example", "turn:turn.example"));
    EXPECT_THAT(urls_in(*video, "ca"), ElementsAre("turn:ca.example"));
    EXPECT_THAT(urls_in(*video, "de"), ElementsAre("stun:de.example", "turn:de.example"));
    EXPECT_THAT(urls_in(*video, "fr"), IsEmpty());
}

TEST_F(MediaRegions, are_healthy_or_not_each_by_itself) {
    const StunServer ca;
    const std::string dead = dead_url();
    const auto video = backend_in(ca.url(), ca.url(), dead);

    EXPECT_TRUE(await(video->health_in("")).healthy);
    EXPECT_TRUE(await(video->health_in("ca")).healthy);
    EXPECT_FALSE(await(video->health_in("de")).healthy);
    EXPECT_EQ(await(video->health_in("fr")).reason, "no servers in the media region fr");

    const auto everywhere = await(video->health());
    EXPECT_FALSE(everywhere.healthy);
    EXPECT_EQ(everywhere.reason, "no answer within 2 s from " + dead);
}

TEST_F(EmbeddedVideoTest, is_not_made_with_urls_that_are_none_or_without_the_secret) {
    EXPECT_THROW(static_cast<void>(backend({"http://turn.example"})), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(backend({"stun:turn.example"})), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(backend({}, {"turn:turn.example"})), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(
                     make_embedded_video({.servers = {{}, {"turn:turn.example"}}}, clock_, *randomness_)),
                 std::invalid_argument);
}

}  // namespace
}  // namespace vcare::video
