// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "application/cancel_session.hpp"
#include "application/entrance.hpp"
#include "application/relay_outbox.hpp"
#include "application/tell_live_streams.hpp"
#include "domain/notification.hpp"
#include "support/fakes/clinic.hpp"

namespace vcare::testing {

/// What the broker was given for one person: categories, in their order.
using Heard = std::vector<std::string>;

inline constexpr std::string_view page_of_visits = "https://visits.example/v/#";

/// A clinic whose communication service tells people.
struct TellingClinic : Clinic {
    TellingClinic() {
        services.notifying = {.by = application::Notifying::By::events,
                              .page_url = std::string{page_of_visits}};
    }

    void relay() {
        application::TellLiveStreams tell{services};
        application::RelayOutbox relay{services};
        ASSERT_TRUE(run(tell.run_once()).has_value());
        ASSERT_TRUE(run(relay.run_once()).has_value());
    }
    std::vector<domain::EventRecord> intents(const ParticipantId& who) {
        std::vector<domain::EventRecord> found;
        for (const application::OutboxEntry& entry : broker.events) {
            const bool is_intent = entry.event.type == EventType::notification_requested;
            if (is_intent && text_field(entry.event, "participantId") == who.text())
                found.push_back(entry.event.data);
        }
        return found;
    }
    Heard heard(const ParticipantId& who) {
        Heard categories;
        for (const auto& intent : intents(who)) categories.emplace_back(text_of(intent, "category"));
        return categories;
    }
    /// The code behind the link that the last message to them carries.
    std::string code_for(const ParticipantId& who) {
        const auto all = intents(who);
        if (all.empty()) return {};
        const std::string url{text_of(*record_of(all.back(), "variables"), "joinUrl")};
        return url.starts_with(page_of_visits) ? url.substr(page_of_visits.size()) : url;
    }
    Result<application::Joined> join(const std::string& code) {
        application::JoinVisit join{services};
        return run(join(holder(code), {}, {}));
    }
    /// A visit tomorrow at nine, whose invitation went out.
    SessionData a_visit_tomorrow() {
        auto order = an_order();
        order.scheduled_start += days{1};
        application::CreateSession create{services};
        auto made = run(create(doctor(), order, {})).value();
        relay();
        return made;
    }
    void cancel(const SessionData& session) {
        application::CancelSession cancel{services};
        const auto now = this->session(session.id);
        ASSERT_TRUE(run(cancel(doctor(), {now.id, now.version, "clinic_closed"}, {})));
    }
};

}  // namespace vcare::testing
