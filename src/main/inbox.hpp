// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/events/event_mapping.hpp"
#include "adapters/http_client/dependency.hpp"
#include "application/book_appointments.hpp"
#include "application/receive_messages.hpp"
#include "application/round.hpp"
#include "main/settings.hpp"

namespace vcare::program {

/// What `events.mapping` says; else what is wrong with it. Nothing when messages of others are not read at
/// all.
[[nodiscard]] std::expected<std::unique_ptr<events::EventMapping>, std::string> load_event_mapping(
    const std::string& setting);
/// Its document, to be printed. Empty when there is none.
[[nodiscard]] std::string event_mapping_document(const std::string& setting);

/// What other services tell us, from their streams to its effect: the streams that the settings name, and the
/// work on what they bring. With the embedded broker there are no streams, and only appointments are booked.
class Inbox {
  public:
    /// `services` outlive it; `roused` is called from any thread when there is something to
    /// take. Throws `DependencyAway` when a stream cannot be shared.
    Inbox(const Settings& settings, const application::Services& services, std::function<void()> roused);

    [[nodiscard]] Task<Result<application::Round>> receive();
    [[nodiscard]] Task<Result<application::Round>> book() { return book_.run_once(); }
    /// The road to the streams, as the operators see it.
    [[nodiscard]] const std::vector<std::shared_ptr<http_client::Dependency>>& dependencies() const {
        return dependencies_;
    }

  private:
    std::vector<std::shared_ptr<http_client::Dependency>> dependencies_;
    std::unique_ptr<events::EventMapping> mapping_;
    std::unique_ptr<application::MessageSource> source_;
    std::optional<application::ReceiveMessages> receive_;
    application::BookAppointments book_;
};

}  // namespace vcare::program
