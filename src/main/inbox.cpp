// SPDX-License-Identifier: Apache-2.0
#include "main/inbox.hpp"

#include <fstream>
#include <sstream>

#include "adapters/events/nats_inbox.hpp"
#include "main/adapter_set.hpp"
#include "main/event_transport.hpp"

namespace vcare::program {
namespace {

constexpr std::string_view file_scheme = "file:";

}  // namespace

std::string event_mapping_document(const std::string& setting) {
    if (!setting.starts_with(file_scheme)) return std::string{events::shipped_mapping(setting)};
    std::ifstream stream{setting.substr(file_scheme.size()), std::ios::binary};
    std::ostringstream text;
    if (stream) text << stream.rdbuf();
    return text.str();
}

std::expected<std::unique_ptr<events::EventMapping>, std::string> load_event_mapping(
    const std::string& setting) {
    if (setting == "none") return nullptr;
    const std::string document = event_mapping_document(setting);
    if (document.empty()) return std::unexpected{std::string{"names a file that cannot be read or is empty"}};
    return events::parse_event_mapping(document);
}

Inbox::Inbox(const Settings& settings, const application::Services& services, std::function<void()> roused)
    : book_(services) {
    if (settings.events.url == "inproc:") return;
    auto mapping = load_event_mapping(settings.events.mapping);
    if (!mapping) throw std::runtime_error{"events.mapping " + mapping.error()};
    mapping_ = *std::move(mapping);
    if (!mapping_) return;
    dependencies_.push_back(
        std::make_shared<http_client::Dependency>("inbox", services.clock, services.telemetry));
    try {
        source_ = events::open_nats_inbox(nats_settings(settings), mapping_->streams(), dependencies_.front(),
                                          services.clock, services.telemetry, std::move(roused));
    } catch (const std::runtime_error& problem) {
        throw DependencyAway{problem.what()};
    }
    receive_.emplace(services, *source_, *mapping_);
}

Task<Result<application::Round>> Inbox::receive() {
    if (!receive_) co_return application::Round::idle;
    co_return co_await receive_->run_once();
}

}  // namespace vcare::program
