// SPDX-License-Identifier: Apache-2.0
#include "main/dependency_check.hpp"

#include <functional>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/events/nats_inbox.hpp"
#include "adapters/store/sqlite_store.hpp"
#include "adapters/system/system.hpp"
#include "adapters/video/embedded_video.hpp"
#include "application/ports/bearer_verifier.hpp"
#include "application/ports/keys.hpp"
#include "application/ports/video_backend.hpp"
#include "main/event_transport.hpp"
#include "main/inbox.hpp"
#include "main/key_services.hpp"
#include "main/loops.hpp"
#include "main/observed_ports.hpp"
#include "main/open_store.hpp"
#include "main/outside_services.hpp"
#include "main/traces.hpp"
#include "main/trusted_issuers.hpp"

namespace vcare::program {
namespace {

using http::DependencyState;
using State = DependencyState::State;
using Dependencies = std::vector<std::shared_ptr<http_client::Dependency>>;

/// A broker is connected to in the background: nobody asks it anything before that.
Task<void> await_broker(const application::EventBroker* broker) {
    boost::asio::steady_timer pause{co_await boost::asio::this_coro::executor};
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{3};
    while (!broker->is_there() && std::chrono::steady_clock::now() < deadline) {
        pause.expires_after(std::chrono::milliseconds{50});
        co_await pause.async_wait(boost::asio::use_awaitable);
    }
}

/// Each part is made alone, on a loop of its own: what it left there goes with the loop, and is never run.
class Checking {
  public:
    explicit Checking(const Settings& settings) : settings_(settings) {}

    std::vector<DependencyState> run() {
        attempt("store", [this] { look_at_store(); });
        attempt("keys", [this] { look_at_keys(); });
        attempt("identity", [this] { look_at_issuers(); });
        attempt("consent", [this] { look_at_consent(); });
        attempt("fhir", [this] { look_at_record(); });
        attempt("video", [this] { look_at_video(); });
        attempt("broker", [this] { look_at_broker(); });
        attempt("inbox", [this] { look_at_inbox(); });
        attempt("traces", [this] { look_at_collector(); });
        return std::move(states_);
    }

  private:
    /// What cannot even be made says why.
    void attempt(const std::string& name, const std::function<void()>& look) {
        boost::asio::io_context loop{1};
        loop_ = &loop;
        try {
            look();
        } catch (const std::exception& problem) {
            note(name, problem.what());
        }
    }
    /// Without a problem it is up.
    void note(std::string name, std::string problem = {}) {
        states_.push_back({.name = std::move(name),
                           .state = problem.empty() ? State::up : State::down,
                           .detail = std::move(problem)});
    }
    void note_all(const Dependencies& dependencies) {
        for (const auto& dependency : dependencies) {
            const auto health = dependency->health();
            if (health) note(dependency->name(), health->works ? "" : health->result);
        }
    }
    template <class T>
    T wait(Task<T> task) {
        return run_to_end(*loop_, std::move(task));
    }
    void wait(Task<void> task) {
        auto done = [](Task<void> inner) -> Task<bool> {
            co_await std::move(inner);
            co_return true;
        };
        static_cast<void>(run_to_end(*loop_, done(std::move(task))));
    }

    void look_at_store() {
        AdapterOptions options;
        options.loops = {loop_->get_executor()};
        options.migrate = false;
        const auto store = open_store(settings_, options, *telemetry_);
        const auto lengths = wait(store->queues().lengths());
        note("store", lengths ? "" : "it does not answer");
    }
    void look_at_keys() {
        KeyServices keys{{settings_, stand_in_->wrapped_keys(), *clock_, *telemetry_}};
        wait(keys.keys().look());
        if (keys.dependency()) {
            note_all({keys.dependency()});
        } else {
            note("keys");
        }
    }
    void look_at_issuers() {
        if (is_embedded_issuer(settings_) && settings_.identity.patients.issuer.empty()) return;
        std::optional<KeyServices> own;
        if (is_embedded_issuer(settings_))
            own.emplace(KeyNeeds{settings_, stand_in_->wrapped_keys(), *clock_, *telemetry_});
        TrustedIssuers issuers{{settings_, own ? own->issuer() : nullptr, *clock_, *telemetry_}};
        wait(issuers.bearers().look());
        note_all(issuers.dependencies());
    }
    void look_at_consent() {
        Settings only = settings_;
        only.fhir.url = "embedded:";
        OutsideServices outside{needs(only)};
        wait(outside.consent().look(nobody()));
        note_all(outside.dependencies());
    }
    void look_at_record() {
        Settings only = settings_;
        only.consent.url = "embedded:";
        OutsideServices outside{needs(only)};
        wait(outside.record().look(nobody()));
        note_all(outside.dependencies());
    }
    void look_at_video() {
        const auto video = video::make_embedded_video(video_settings(settings_), *clock_, *randomness_);
        const application::BackendHealth health = wait(video->health());
        note("video", health.healthy ? "" : health.reason);
    }
    void look_at_broker() {
        if (settings_.events.url == "inproc:") return;
        EventTransport transport{settings_, live_, *clock_, *telemetry_};
        wait(await_broker(&transport.broker()));
        if (transport.broker().is_there()) return note("broker");
        const auto health = transport.dependencies().front()->health();
        note("broker", health ? health->result : "not_connected");
    }
    void look_at_inbox() {
        if (settings_.events.url == "inproc:") return;
        const auto mapping = load_event_mapping(settings_.events.mapping);
        if (!mapping) return note("inbox", "events.mapping " + mapping.error());
        if (*mapping)
            note("inbox", events::look_at_inbox_streams(nats_settings(settings_), (*mapping)->streams()));
    }
    void look_at_collector() {
        const auto exporter = make_trace_exporter(settings_, *telemetry_, *clock_, "check");
        if (exporter) note("traces", wait(exporter->look()));
    }
    [[nodiscard]] OutsideNeeds needs(const Settings& settings) const {
        return {settings, stand_in_->encounters(), *clock_, *randomness_, *telemetry_};
    }

    const Settings& settings_;
    boost::asio::io_context* loop_ = nullptr;  ///< of the part that is looked at
    NoLiveStreams live_;
    std::unique_ptr<application::Clock> clock_ = system::make_system_clock();
    std::unique_ptr<application::Randomness> randomness_ = system::make_system_randomness();
    // A check answers for itself: only what goes badly wrong is worth a log line.
    std::unique_ptr<telemetry::ProcessTelemetry> telemetry_ =
        telemetry::make_telemetry({.level = application::Severity::error}, *clock_);
    /// What other parts keep in the store is of no concern while they are looked at.
    std::unique_ptr<store::Store> stand_in_ = store::make_inline_store();
    std::vector<DependencyState> states_;
};

}  // namespace

std::vector<DependencyState> check_dependencies(const Settings& settings) {
    return Checking{settings}.run();
}

}  // namespace vcare::program
