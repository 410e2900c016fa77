// SPDX-License-Identifier: Apache-2.0
#include "adapters/video/embedded_video.hpp"

#include <algorithm>
#include <mutex>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/crypto/digest.hpp"
#include "adapters/crypto/encoding.hpp"
#include "adapters/video/reachability.hpp"

namespace vcare::video {
namespace {

using application::BackendHealth;
using application::IceServer;
using application::Room;
using application::VideoCredential;

constexpr unsigned mesh_participants_max = 4;
constexpr std::size_t room_name_bytes = 16;
constexpr domain::milliseconds verdict_used_for{1000};
constexpr domain::hours login_outlives_visit_by{1};

std::vector<IceUrl> parse_urls(const std::vector<std::string>& texts, std::string_view scheme) {
    std::vector<IceUrl> urls;
    for (const std::string& text : texts) {
        auto url = parse_ice_url(text);
        if (!url || !url->scheme.starts_with(scheme))
            throw std::invalid_argument{fmt::format("{} is not of the form {}:host:port", text, scheme)};
        urls.push_back(std::move(*url));
    }
    return urls;
}

class EmbeddedVideo final : public application::VideoBackend {
  public:
    EmbeddedVideo(EmbeddedVideoSettings settings, application::Clock& clock,
                  application::Randomness& randomness)
        : settings_(std::move(settings)),
          turn_servers_(parse_urls(settings_.turn_urls, "turn")),
          clock_(clock),
          randomness_(randomness) {
        static_cast<void>(parse_urls(settings_.stun_urls, "stun"));
        if (!turn_servers_.empty() && settings_.turn_secret.empty())
            throw std::invalid_argument{"TURN servers are named, but not the secret they share"};
    }

    std::string name() const override { return "embedded"; }
    unsigned max_participants() const override { return mesh_participants_max; }

    Task<BackendHealth> health() override {
        const auto known = last_verdict();
        if (known && clock_.now() - known->checked_at < verdict_used_for) co_return *known;

        const bool healthy =
            turn_servers_.empty() || co_await one_answers(turn_servers_, fresh_transaction());
        BackendHealth verdict{.healthy = healthy, .checked_at = clock_.now()};
        if (!healthy)
            verdict.reason =
                fmt::format("no answer within 2 s from {}", fmt::join(settings_.turn_urls, ", "));
        keep(verdict);
        co_return verdict;
    }

    Task<Result<Room>> provision_room(domain::TenantScope, domain::SessionId) override {
        std::array<std::byte, room_name_bytes> bytes{};
        randomness_.fill(bytes);
        std::string name = crypto::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        std::string url = settings_.room_url_base + '/' + name;
        co_return Room{.name = std::move(name), .url = std::move(url)};
    }

    Task<Result<void>> release_room(domain::TenantScope, std::string) override {
        co_return Result<void>{};  // a name is all there is
    }

    Task<Result<VideoCredential>> credential(domain::TenantScope, domain::SessionData session,
                                             domain::ParticipantId participant) override {
        VideoCredential credential;
        if (!settings_.stun_urls.empty()) credential.ice_servers.push_back({.urls = settings_.stun_urls});
        if (!settings_.turn_urls.empty())
            credential.ice_servers.push_back(turn_login(session.scheduled_end, participant));
        co_return credential;
    }

  private:
    /// https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00, which coturn implements.
    IceServer turn_login(domain::Instant scheduled_end, const domain::ParticipantId& participant) const {
        const auto expiry = std::max(scheduled_end, clock_.now()) + login_outlives_visit_by;
        const auto seconds = std::chrono::ceil<domain::seconds>(expiry).time_since_epoch().count();
        std::string username = fmt::format("{}:{}", seconds, participant.text());
        std::string password = crypto::to_base64(crypto::hmac_sha1(settings_.turn_secret, username));
        return {
            .urls = settings_.turn_urls, .username = std::move(username), .credential = std::move(password)};
    }

    StunTransaction fresh_transaction() {
        StunTransaction transaction{};
        randomness_.fill(transaction);
        return transaction;
    }

    std::optional<BackendHealth> last_verdict() {
        const std::lock_guard lock{mutex_};
        return verdict_;
    }
    void keep(const BackendHealth& verdict) {
        const std::lock_guard lock{mutex_};
        verdict_ = verdict;
    }

    const EmbeddedVideoSettings settings_;
    const std::vector<IceUrl> turn_servers_;
    application::Clock& clock_;
    application::Randomness& randomness_;
    std::mutex mutex_;  // every core asks; nothing is awaited under it
    std::optional<BackendHealth> verdict_;
};

}  // namespace

std::unique_ptr<application::VideoBackend> make_embedded_video(EmbeddedVideoSettings settings,
                                                               application::Clock& clock,
                                                               application::Randomness& randomness) {
    return std::make_unique<EmbeddedVideo>(std::move(settings), clock, randomness);
}

}  // namespace vcare::video
