// SPDX-License-Identifier: Apache-2.0
#include "adapters/events/nats_link.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <optional>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "adapters/events/nats_options.hpp"
#include "adapters/events/nats_stream.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::events {
namespace {

namespace asio = boost::asio;
using application::BrokerAway;
using application::EventAcknowledged;
using application::EventRefused;
using application::PublishOutcome;
using application::Severity;

using Done = std::function<void(PublishOutcome)>;

constexpr std::int64_t acknowledge_ms = 3000;
constexpr std::chrono::seconds pause_before_opening_again{2};
constexpr std::int64_t most_pending = 4096;
/// Not below the stream's subjects: what is only worth something now is not kept.
constexpr const char* live_subject = "vcare_live";

/// The library may still be in a callback after its connection was destroyed, and does not say when it is
/// out, not even when the process ends. So callbacks are given an anchor that is never taken away, and find
/// there whether the link still is.
template <class Owner>
struct Anchor {
    std::mutex mutex;
    Owner* owner = nullptr;
};

template <class Owner>
Anchor<Owner>* new_anchor(Owner* owner) {
    static std::mutex mutex;
    static auto& anchors = *new std::deque<Anchor<Owner>>;
    const std::lock_guard lock{mutex};
    Anchor<Owner>* anchor = &anchors.emplace_back();
    anchor->owner = owner;
    return anchor;
}

/// What the stream said against a message: some words are about this message, the others about the broker.
PublishOutcome outcome_of(const jsPubAckErr& error) {
    if (error.ErrCode == JSStreamMessageExceedsMaximumErr)
        return EventRefused{"larger than the stream's max_msg_size"};
    if (error.ErrCode != 0) return BrokerAway{"error_" + std::to_string(error.ErrCode)};
    if (error.Err == NATS_NO_RESPONDERS) return BrokerAway{"no_stream"};
    return BrokerAway{error.Err == NATS_TIMEOUT ? "timeout" : "connection_error"};
}

PublishOutcome outcome_of(natsStatus not_sent) {
    if (not_sent == NATS_MAX_PAYLOAD) return EventRefused{"larger than the broker's max_payload"};
    return BrokerAway{not_sent == NATS_TIMEOUT ? "timeout" : "connection_error"};
}

std::string without_rights(const std::string& right) {
    return "NATS: this service's login may not " + right + "; let it publish to $JS.API.STREAM.INFO." +
           stream_name + ", $JS.API.STREAM.CREATE." + stream_name + " and " + stream_subjects;
}

class CnatsLink final : public NatsLink {
  public:
    CnatsLink(NatsSettings settings, std::shared_ptr<http_client::Dependency> broker,
              const application::Clock& clock, application::Telemetry& telemetry)
        : settings_(std::move(settings)),
          broker_(std::move(broker)),
          clock_(clock),
          telemetry_(telemetry),
          again_(thread_.get_executor()),
          anchor_(new_anchor(this)) {}

    ~CnatsLink() override {
        {
            const std::lock_guard lock{anchor_->mutex};
            anchor_->owner = nullptr;
        }
        is_stopping_ = true;
        asio::post(thread_, [this] {
            again_.cancel();
            drop_connection();
        });
        thread_.join();
    }

    /// Before anything else; in the caller's thread.
    void open_first() {
        std::promise<StreamVerdict> tried;
        asio::post(thread_, [&] {
            try {
                make_options();
                tried.set_value(open());
            } catch (...) {
                tried.set_exception(std::current_exception());
            }
        });
        const StreamVerdict verdict = tried.get_future().get();
        is_open_ = true;
        if (verdict.kind == StreamVerdict::Kind::refused) throw BrokerRefused{verdict.reason};
    }

    void publish(Outgoing message, Done done) override {
        asio::post(thread_, [this, message = std::move(message), done = std::move(done)]() mutable {
            send(std::move(message), std::move(done));
        });
    }

    bool is_usable() const override { return is_usable_; }

    void tell_others(std::string text) override {
        asio::post(thread_, [this, text = std::move(text)] {
            if (!is_usable_) return;
            // Lost when the broker is away, like everything that is only worth something now.
            (void)natsConnection_Publish(connection_.get(), live_subject, text.data(),
                                         static_cast<int>(text.size()));
        });
    }

    void listen(std::function<void(std::string)> heard) override {
        const std::lock_guard lock{anchor_->mutex};
        heard_ = std::move(heard);
    }

  private:
    using ThisAnchor = Anchor<CnatsLink>;
    struct Sent {
        domain::Instant at;
        Done done;
    };

    // --- called by the library, on threads of its own

    template <class Function>
    static void if_there(void* anchor, Function function) {
        auto* held = static_cast<ThisAnchor*>(anchor);
        const std::lock_guard lock{held->mutex};
        if (held->owner) function(*held->owner);
    }
    static void on_connected(natsConnection*, void* anchor) {
        if_there(anchor,
                 [](CnatsLink& link) { asio::post(link.thread_, [&link] { (void)link.look_at_stream(); }); });
    }
    static void on_lost(natsConnection*, void* anchor) {
        if_there(anchor, [](CnatsLink& link) { asio::post(link.thread_, [&link] { link.note_lost(); }); });
    }
    /// The library gives up by itself when the server does not accept our credentials.
    static void on_closed(natsConnection* closed, void* anchor) {
        if_there(anchor, [closed](CnatsLink& link) {
            asio::post(link.thread_, [&link, closed] {
                if (link.connection_.get() == closed) link.open_again_later();
            });
        });
    }
    static void on_error(natsConnection*, natsSubscription*, natsStatus error, void* anchor) {
        if_there(anchor, [error](CnatsLink& link) {
            asio::post(link.thread_, [&link, error] { link.note_error(error); });
        });
    }
    static void on_live(natsConnection*, natsSubscription*, natsMsg* message, void* anchor) {
        const MessageHandle held{message};
        if_there(anchor, [message](CnatsLink& link) {
            const auto size = static_cast<std::size_t>(natsMsg_GetDataLength(message));
            if (link.heard_) link.heard_(std::string{natsMsg_GetData(message), size});
        });
    }
    static void on_answer(jsCtx*, natsMsg* message, jsPubAck* acknowledged, jsPubAckErr* error,
                          void* anchor) {
        const MessageHandle held{message};
        const char* id = nullptr;
        if (natsMsgHeader_Get(message, message_id_header, &id) != NATS_OK) return;
        PublishOutcome outcome = BrokerAway{"no_answer"};
        if (acknowledged) {
            outcome = EventAcknowledged{};
        } else if (error) {
            outcome = outcome_of(*error);
        }
        if_there(anchor, [&](CnatsLink& link) {
            asio::post(link.thread_,
                       [&link, name = std::string{id}, outcome] { link.answer(name, outcome); });
        });
    }

    // --- on the one thread that uses the library

    void make_options() {
        options_ = make_nats_options(settings_);
        natsOptions* made = options_.get();
        must(natsOptions_SetErrorHandler(made, on_error, anchor_), "callback");
        must(natsOptions_SetDisconnectedCB(made, on_lost, anchor_), "callback");
        must(natsOptions_SetReconnectedCB(made, on_connected, anchor_), "callback");
        must(natsOptions_SetClosedCB(made, on_closed, anchor_), "callback");
    }

    StreamVerdict open() {
        try {
            connection_ = connect(options_.get(), on_connected, anchor_);
        } catch (const BrokerRefused& refused) {
            broker_->tell(false, "not_let_in", clock_.now());
            open_again_later();
            return {.kind = StreamVerdict::Kind::refused, .reason = refused.what()};
        }
        if (!connection_) {
            note_lost();
            open_again_later();
            return {.kind = StreamVerdict::Kind::away};
        }
        if (!prepare()) {
            open_again_later();
            return {.kind = StreamVerdict::Kind::away};
        }
        if (natsConnection_Status(connection_.get()) == NATS_CONN_STATUS_CONNECTED) return look_at_stream();
        note_lost();  // the library goes on trying
        return {.kind = StreamVerdict::Kind::away};
    }

    bool prepare() {
        jsOptions options;
        jsOptions_Init(&options);
        options.PublishAsync.MaxPending = most_pending;
        options.PublishAsync.AckHandler = on_answer;
        options.PublishAsync.AckHandlerClosure = anchor_;
        jsCtx* made = nullptr;
        const natsStatus status = natsConnection_JetStream(&made, connection_.get(), &options);
        jetstream_.reset(made);
        if (status != NATS_OK) return false;
        natsSubscription* listening = nullptr;
        const natsStatus subscribed =
            natsConnection_Subscribe(&listening, connection_.get(), live_subject, on_live, anchor_);
        live_.reset(listening);
        return subscribed == NATS_OK;
    }

    void open_again_later() {
        drop_connection();
        if (is_stopping_) return;
        again_.expires_after(pause_before_opening_again);
        again_.async_wait([this](boost::system::error_code cancelled) {
            if (!cancelled && !is_stopping_) (void)open();
        });
    }

    void drop_connection() {
        is_usable_ = false;
        live_.reset();
        jetstream_.reset();
        connection_.reset();
        for (auto& [id, sent] : std::exchange(sent_, {})) sent.done(BrokerAway{"connection_error"});
    }

    StreamVerdict look_at_stream() {
        if (!jetstream_ || is_stopping_) return {.kind = StreamVerdict::Kind::away};
        const domain::Instant began = clock_.now();
        StreamVerdict verdict = make_or_check_stream(jetstream_.get(), settings_.replicas);
        if (verdict.kind == StreamVerdict::Kind::usable) verdict = try_to_publish(jetstream_.get());
        const std::string missing =
            verdict.kind == StreamVerdict::Kind::away ? missing_right(connection_.get()) : std::string{};
        if (!missing.empty())
            verdict = {.kind = StreamVerdict::Kind::refused, .reason = without_rights(missing)};
        is_usable_ = verdict.kind == StreamVerdict::Kind::usable;
        switch (verdict.kind) {
            case StreamVerdict::Kind::usable:
                broker_->tell(true, "connected", began);
                telemetry_.log(Severity::info, "broker.connected");
                break;
            case StreamVerdict::Kind::refused:
                broker_->tell(false, "stream_refused", began);
                // At the start it is said by whoever refuses to start.
                if (is_open_)
                    telemetry_.log(Severity::error, "broker.stream_refused", {{"problem", verdict.reason}});
                look_again_later();
                break;
            case StreamVerdict::Kind::away:
                broker_->tell(false, verdict.reason, began);
                look_again_later();
                break;
        }
        return verdict;
    }

    void look_again_later() {
        again_.expires_after(pause_before_opening_again);
        again_.async_wait([this](boost::system::error_code cancelled) {
            if (!cancelled && !is_usable_ && connection_) (void)look_at_stream();
        });
    }

    void note_error(natsStatus error) {
        // At the start it is said by whoever refuses to start.
        if (!is_open_) return;
        telemetry_.log(Severity::warning, "broker.error",
                       {{"problem", std::string{natsStatus_GetText(error)}}});
    }

    void note_lost() {
        const bool was_usable = is_usable_.exchange(false);
        broker_->tell(false, "disconnected", clock_.now());
        if (was_usable) telemetry_.log(Severity::warning, "broker.lost");
    }

    void send(Outgoing message, Done done) {
        if (!is_usable_) return done(BrokerAway{"disconnected"});
        if (sent_.contains(message.id)) return done(BrokerAway{"under_way"});
        natsMsg* made = nullptr;
        natsStatus status = natsMsg_Create(&made, message.subject.c_str(), nullptr, message.body.data(),
                                           static_cast<int>(message.body.size()));
        if (status == NATS_OK) status = natsMsgHeader_Set(made, message_id_header, message.id.c_str());
        if (status == NATS_OK)
            status = natsMsgHeader_Set(made, "content-type", "application/cloudevents+json");
        sent_.emplace(message.id, Sent{clock_.now(), std::move(done)});
        jsPubOptions options;
        jsPubOptions_Init(&options);
        options.MaxWait = acknowledge_ms;
        if (status == NATS_OK) status = js_PublishMsgAsync(jetstream_.get(), &made, &options);
        const MessageHandle not_taken{made};
        if (status != NATS_OK) answer(message.id, outcome_of(status));
    }

    void answer(const std::string& id, const PublishOutcome& outcome) {
        const auto found = sent_.find(id);
        if (found == sent_.end()) return;
        const Sent sent = std::move(found->second);
        sent_.erase(found);
        if (const auto* away = std::get_if<BrokerAway>(&outcome)) {
            broker_->tell(false, away->reason, sent.at);
            // A stream that somebody deleted is made again, and a connection that hangs is found by its
            // pings.
            if (away->reason == "no_stream") (void)look_at_stream();
        } else {
            broker_->tell(true, std::holds_alternative<EventRefused>(outcome) ? "refused" : "ok", sent.at);
        }
        sent.done(outcome);
    }

    const NatsSettings settings_;
    const std::shared_ptr<http_client::Dependency> broker_;
    const application::Clock& clock_;
    application::Telemetry& telemetry_;
    std::atomic<bool> is_usable_ = false;
    std::atomic<bool> is_stopping_ = false;
    std::atomic<bool> is_open_ = false;  ///< the first try is over
    asio::thread_pool thread_{1};
    asio::steady_timer again_;
    ThisAnchor* const anchor_;
    std::function<void(std::string)> heard_;  ///< under the anchor's lock
    OptionsHandle options_;
    ConnectionHandle connection_;
    StreamHandle jetstream_;
    SubscriptionHandle live_;
    std::map<std::string, Sent> sent_;
};

}  // namespace

std::unique_ptr<NatsLink> open_nats_link(NatsSettings settings,
                                         std::shared_ptr<http_client::Dependency> broker,
                                         const application::Clock& clock, application::Telemetry& telemetry) {
    auto link = std::make_unique<CnatsLink>(std::move(settings), std::move(broker), clock, telemetry);
    link->open_first();
    return link;
}

}  // namespace vcare::events
