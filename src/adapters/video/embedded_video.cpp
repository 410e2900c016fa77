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
#include "application/side_by_side.hpp"

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

/// The servers of one media region with what was last seen of them.
class Place {
  public:
    explicit Place(IceServers named) : named_(std::move(named)), turn_(parse_urls(named_.turn_urls, "turn")) {
        static_cast<void>(parse_urls(named_.stun_urls, "stun"));
    }

    const IceServers& named() const { return named_; }
    const std::vector<IceUrl>& turn() const { return turn_; }

    std::optional<BackendHealth> last_verdict() const {
        const std::lock_guard lock{mutex_};
        return verdict_;
    }
    void keep(const BackendHealth& verdict) {
        const std::lock_guard lock{mutex_};
        verdict_ = verdict;
    }

  private:
    const IceServers named_;
    const std::vector<IceUrl> turn_;
    mutable std::mutex mutex_;  // every core asks; nothing is awaited under it
    std::optional<BackendHealth> verdict_;
};

class EmbeddedVideo final : public application::VideoBackend {
  public:
    EmbeddedVideo(EmbeddedVideoSettings settings, application::Clock& clock,
                  application::Randomness& randomness)
        : room_url_base_(std::move(settings.room_url_base)),
          turn_secret_(std::move(settings.turn_secret)),
          clock_(clock),
          randomness_(randomness) {
        add("", std::move(settings.servers));
        for (auto& [region, servers] : settings.regional) add(region, std::move(servers));
    }

    std::string name() const override { return "embedded"; }
    unsigned max_participants() const override { return mesh_participants_max; }

    std::vector<std::string> media_regions() const override {
        std::vector<std::string> regions;
        for (const auto& [region, place] : places_) {
            if (!region.empty()) regions.push_back(region);
        }
        return regions;
    }

    Task<BackendHealth> health_in(std::string media_region) override {
        const auto found = places_.find(media_region);
        if (found == places_.end())
            co_return BackendHealth{.reason = fmt::format("no servers in the media region {}", media_region),
                                    .checked_at = clock_.now()};
        co_return co_await verdict_on(&found->second);
    }

    Task<BackendHealth> health() override {
        std::vector<BackendHealth> verdicts(places_.size());
        std::vector<Task<void>> looks;
        for (auto& [region, place] : places_) looks.push_back(put_verdict(&place, &verdicts[looks.size()]));
        co_await application::side_by_side(std::move(looks));
        const auto unhealthy = std::ranges::find(verdicts, false, &BackendHealth::healthy);
        co_return unhealthy == verdicts.end() ? verdicts.front() : *unhealthy;
    }

    Task<Result<Room>> provision_room(domain::TenantScope, domain::SessionId) override {
        std::array<std::byte, room_name_bytes> bytes{};
        randomness_.fill(bytes);
        std::string name = crypto::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        std::string url = room_url_base_ + '/' + name;
        co_return Room{.name = std::move(name), .url = std::move(url)};
    }

    Task<Result<void>> release_room(domain::TenantScope, std::string) override {
        co_return Result<void>{};  // a name is all there is
    }

    Task<Result<VideoCredential>> credential(domain::TenantScope, domain::SessionData session,
                                             domain::ParticipantId participant,
                                             std::string media_region) override {
        VideoCredential credential;
        const auto found = places_.find(media_region);
        // A visit that began before its region was taken from the configuration goes on directly or not at
        // all.
        if (found == places_.end()) co_return credential;
        const IceServers& servers = found->second.named();
        if (!servers.stun_urls.empty()) credential.ice_servers.push_back({.urls = servers.stun_urls});
        if (!servers.turn_urls.empty())
            credential.ice_servers.push_back(
                turn_login(servers.turn_urls, session.scheduled_end, participant));
        co_return credential;
    }

  private:
    void add(const std::string& region, IceServers servers) {
        const auto [added, is_new] = places_.try_emplace(region, std::move(servers));
        if (!added->second.turn().empty() && turn_secret_.empty())
            throw std::invalid_argument{"TURN servers are named, but not the secret they share"};
    }

    Task<BackendHealth> verdict_on(Place* place) {
        const auto known = place->last_verdict();
        if (known && clock_.now() - known->checked_at < verdict_used_for) co_return *known;

        const bool healthy =
            place->turn().empty() || co_await one_answers(place->turn(), fresh_transaction());
        BackendHealth verdict{.healthy = healthy, .checked_at = clock_.now()};
        if (!healthy)
            verdict.reason =
                fmt::format("no answer within 2 s from {}", fmt::join(place->named().turn_urls, ", "));
        place->keep(verdict);
        co_return verdict;
    }
    Task<void> put_verdict(Place* place, BackendHealth* verdict) { *verdict = co_await verdict_on(place); }

    /// https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00, which coturn implements.
    IceServer turn_login(std::vector<std::string> urls, domain::Instant scheduled_end,
                         const domain::ParticipantId& participant) const {
        const auto expiry = std::max(scheduled_end, clock_.now()) + login_outlives_visit_by;
        const auto seconds = std::chrono::ceil<domain::seconds>(expiry).time_since_epoch().count();
        std::string username = fmt::format("{}:{}", seconds, participant.text());
        std::string password = crypto::to_base64(crypto::hmac_sha1(turn_secret_, username));
        return {.urls = std::move(urls), .username = std::move(username), .credential = std::move(password)};
    }

    StunTransaction fresh_transaction() {
        StunTransaction transaction{};
        randomness_.fill(transaction);
        return transaction;
    }

    const std::string room_url_base_;
    const std::string turn_secret_;
    std::map<std::string, Place> places_;  ///< by media region; the empty one is of whoever names none
    application::Clock& clock_;
    application::Randomness& randomness_;
};

}  // namespace

std::unique_ptr<application::VideoBackend> make_embedded_video(EmbeddedVideoSettings settings,
                                                               application::Clock& clock,
                                                               application::Randomness& randomness) {
    return std::make_unique<EmbeddedVideo>(std::move(settings), clock, randomness);
}

}  // namespace vcare::video
