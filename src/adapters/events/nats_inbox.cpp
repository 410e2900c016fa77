// SPDX-License-Identifier: Apache-2.0
#include "adapters/events/nats_inbox.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/events/nats_consumer.hpp"
#include "adapters/events/nats_options.hpp"
#include "adapters/events/nats_stream.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::events {
namespace {

namespace asio = boost::asio;
using application::Delivery;
using application::InboundMessage;
using application::MessageSettled;
using application::Severity;

constexpr int fetched_at_once = 16;
constexpr std::int64_t fetch_ms = 1000;
constexpr std::chrono::seconds pause_before_looking_again{2};
constexpr std::int64_t ns_of_a_ms = 1'000'000;

using Found = Result<std::optional<InboundMessage>>;
using FoundHandler = asio::any_completion_handler<void(Found)>;

InboundMessage to_message(const std::string& stream, natsMsg* message, std::uint64_t sequence,
                          std::int64_t stored_ns) {
    const char* id = nullptr;
    if (natsMsgHeader_Get(message, message_id_header, &id) != NATS_OK) id = nullptr;
    const char* subject = natsMsg_GetSubject(message);
    return {.stream = stream,
            .sequence = sequence,
            .subject = subject ? subject : "",
            .id = id ? id : "",
            .body = std::string{natsMsg_GetData(message),
                                static_cast<std::size_t>(natsMsg_GetDataLength(message))},
            .stored_at = domain::from_unix_ms(stored_ns / ns_of_a_ms)};
}

class NatsInbox final : public application::MessageSource {
  public:
    NatsInbox(NatsSettings settings, std::vector<MappedStream> streams,
              std::shared_ptr<http_client::Dependency> broker, const application::Clock& clock,
              application::Telemetry& telemetry, std::function<void()> roused)
        : streams_(std::move(streams)),
          broker_(std::move(broker)),
          clock_(clock),
          telemetry_(telemetry),
          roused_(std::move(roused)),
          options_(make_nats_options(settings)) {
        must(natsOptions_SetErrorHandler(options_.get(), on_error, nullptr), "callback");
        const Connected connected = connection();
        if (connected && natsConnection_Status(connected.get()) == NATS_CONN_STATUS_CONNECTED)
            refuse_what_cannot_be_shared();
        for (const MappedStream& stream : streams_)
            threads_.emplace_back([this, &stream](std::stop_token stop) { read(std::move(stop), stream); });
    }

    ~NatsInbox() override {
        for (std::jthread& thread : threads_) thread.request_stop();
        settled_.notify_all();
        threads_.clear();
        lookups_.join();
        give_back();
    }

    std::vector<Delivery> ready() override {
        const std::lock_guard lock{mutex_};
        std::vector<Delivery> deliveries{std::make_move_iterator(ready_.begin()),
                                         std::make_move_iterator(ready_.end())};
        ready_.clear();
        return deliveries;
    }

    void settle(std::uint64_t ticket, MessageSettled settled) override {
        Open open;
        {
            const std::lock_guard lock{mutex_};
            const auto found = open_.find(ticket);
            if (found == open_.end()) return;
            open = std::move(found->second);
            open_.erase(found);
        }
        // What is lost on the way comes again, and is known then.
        if (settled.is_finished) {
            (void)natsMsg_Ack(open.message.get(), nullptr);
        } else {
            (void)natsMsg_NakWithDelay(open.message.get(), settled.again_after.count(), nullptr);
        }
        settled_.notify_all();
    }

    Task<Found> read_again(std::string stream, std::uint64_t sequence) override {
        return look_up(this, std::move(stream), sequence);
    }

  private:
    struct Open {
        MessageHandle message;
        const MappedStream* stream = nullptr;
    };

    using Connected = std::shared_ptr<natsConnection>;

    /// The library gives up by itself when the server does not accept our credentials: then it is made anew.
    /// Null when it cannot be made.
    [[nodiscard]] Connected connection() {
        const std::lock_guard lock{connection_mutex_};
        const bool is_gone =
            !connection_ || natsConnection_Status(connection_.get()) == NATS_CONN_STATUS_CLOSED;
        if (!is_gone) return connection_;
        try {
            connection_ = connect(options_.get(), on_connected, nullptr);
        } catch (const BrokerRefused&) {
            // The link of the outbox, which has the same login, says so.
            connection_ = nullptr;
        }
        return connection_;
    }

    /// What nobody took is another replica's at once, and not when its time is up.
    void give_back() {
        constexpr std::int64_t patience_ms = 500;
        for (const auto& [ticket, open] : open_) (void)natsMsg_Nak(open.message.get(), nullptr);
        open_.clear();
        if (connection_) (void)natsConnection_FlushTimeout(connection_.get(), patience_ms);
    }

    static void on_connected(natsConnection*, void*) {}
    /// Nothing to do: who fetches sees it.
    static void on_error(natsConnection*, natsSubscription*, natsStatus, void*) {}

    static Task<Found> look_up(NatsInbox* inbox, std::string stream, std::uint64_t sequence) {
        co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Found)>(
            [inbox, stream = std::move(stream), sequence](auto handler) {
                auto executor = asio::prefer(asio::get_associated_executor(handler),
                                             asio::execution::outstanding_work.tracked);
                auto waiting = std::make_shared<FoundHandler>(std::move(handler));
                asio::post(inbox->lookups_, [inbox, stream, sequence, executor, waiting] {
                    Found found = inbox->find(stream, sequence);
                    asio::post(executor, [waiting, found = std::move(found)]() mutable {
                        std::move (*waiting)(std::move(found));
                    });
                });
            },
            asio::use_awaitable);
    }

    /// Good as long as the connection, which the caller holds.
    [[nodiscard]] static StreamHandle jetstream(const Connected& connected) {
        if (!connected) return nullptr;
        jsCtx* made = nullptr;
        jsOptions options = api_options();
        if (natsConnection_JetStream(&made, connected.get(), &options) != NATS_OK) return nullptr;
        return StreamHandle{made};
    }

    [[nodiscard]] Found find(const std::string& stream, std::uint64_t sequence) {
        const Connected connected = connection();
        const StreamHandle context = jetstream(connected);
        const auto away = std::unexpected{Error{.code = domain::ErrorCode::store_unavailable}};
        if (!context) return away;
        natsMsg* got = nullptr;
        auto code = static_cast<jsErrCode>(0);
        jsOptions options = api_options();
        const natsStatus status = js_GetMsg(&got, context.get(), stream.c_str(), sequence, &options, &code);
        const MessageHandle message{got};
        if (status == NATS_NOT_FOUND || code == JSNoMessageFoundErr) return std::optional<InboundMessage>{};
        if (status != NATS_OK) return away;
        return std::optional{to_message(stream, message.get(), sequence, natsMsg_GetTime(message.get()))};
    }

    void refuse_what_cannot_be_shared() {
        const Connected connected = connection();
        const StreamHandle context = jetstream(connected);
        if (!context) return;
        for (const MappedStream& stream : streams_) {
            const StreamVerdict verdict = look_at(connected, context.get(), stream);
            if (verdict.kind == StreamVerdict::Kind::refused) throw BrokerRefused{verdict.reason};
            // Who does not answer once costs the start seconds each time; the streams' threads go on.
            if (is_silent(verdict)) return;
        }
    }

    // --- on the thread of a stream

    void read(std::stop_token stop, const MappedStream& stream) {
        while (!stop.stop_requested()) {
            const domain::Instant began = clock_.now();
            const Connected connected = connection();
            const StreamHandle context = jetstream(connected);
            if (!context)
                note_trouble(stream, {.kind = StreamVerdict::Kind::away, .reason = "not_connected"}, began);
            const SubscriptionHandle consumer =
                context ? subscribe(connected, context.get(), stream) : nullptr;
            if (!consumer) {
                rest(stop);
                continue;
            }
            while (!stop.stop_requested() && fetch(connected, consumer.get(), stream))
                await_settlement(stop, stream);
        }
    }

    void rest(const std::stop_token& stop) {
        std::unique_lock lock{mutex_};
        const auto until = std::chrono::steady_clock::now() + pause_before_looking_again;
        settled_.wait_until(lock, until, [&] { return stop.stop_requested(); });
    }

    /// Until each message that was handed over is settled.
    void await_settlement(const std::stop_token& stop, const MappedStream& stream) {
        std::unique_lock lock{mutex_};
        settled_.wait(lock, [&] {
            const bool is_one_open =
                std::ranges::any_of(open_, [&](const auto& item) { return item.second.stream == &stream; });
            return stop.stop_requested() || !is_one_open;
        });
    }

    SubscriptionHandle subscribe(const Connected& connected, jsCtx* context, const MappedStream& stream) {
        const domain::Instant began = clock_.now();
        const StreamVerdict verdict = look_at(connected, context, stream);
        if (verdict.kind != StreamVerdict::Kind::usable) {
            note_trouble(stream, verdict, began);
            return nullptr;
        }
        // Bound, not made here: the library would delete its own consumer with the subscription.
        jsSubOptions options;
        jsSubOptions_Init(&options);
        options.Stream = stream.name.c_str();
        options.Consumer = inbox_consumer;
        options.ManualAck = true;
        jsOptions patience = api_options();
        natsSubscription* made = nullptr;
        auto code = static_cast<jsErrCode>(0);
        const natsStatus status =
            js_PullSubscribe(&made, context, stream.filter.empty() ? nullptr : stream.filter.c_str(),
                             inbox_consumer, &patience, &options, &code);
        if (status != NATS_OK) {
            note_trouble(stream, {.kind = StreamVerdict::Kind::away, .reason = "not_subscribed"}, began);
            return nullptr;
        }
        broker_->tell(true, "subscribed", began);
        telemetry_.log(Severity::info, "inbox.subscribed", {{"stream", stream.name}});
        const std::lock_guard lock{mutex_};
        troubled_.erase(stream.name);
        return SubscriptionHandle{made};
    }

    /// The server did not say why nothing comes of it.
    static bool is_silent(const StreamVerdict& verdict) {
        return verdict.kind == StreamVerdict::Kind::away && verdict.reason != "no_stream";
    }

    /// Both are looked at each time: they may have been changed while nobody was connected.
    StreamVerdict look_at(const Connected& connected, jsCtx* context, const MappedStream& stream) {
        StreamVerdict verdict = look_at_shared_stream(context, stream.name);
        if (verdict.kind == StreamVerdict::Kind::usable) {
            ConsumerVerdict consumer = make_or_check_consumer(context, stream);
            if (!consumer.changed.empty())
                telemetry_.log(Severity::warning, "inbox.consumer_changed",
                               {{"stream", stream.name}, {"problem", consumer.changed}});
            verdict = std::move(consumer.verdict);
        }
        const std::string problem =
            is_silent(verdict) ? problem_with_rights(connected, stream) : std::string{};
        if (!problem.empty()) verdict.reason = problem;
        return verdict;
    }

    /// The server says nothing to who may not ask, and nothing comes, as from a stream where all is quiet.
    static std::string problem_with_rights(const Connected& connected, const MappedStream& stream) {
        const std::string missing = missing_right(connected.get());
        if (missing.find("." + stream.name) == std::string::npos) return {};
        return "NATS: this service's login may not " + missing + " (docs/nats.md, Rights)";
    }

    void note_missing_right(const Connected& connected, const MappedStream& stream) {
        const std::string problem = problem_with_rights(connected, stream);
        if (problem.empty()) return;
        {
            // What the server said last it does not take back: said once is enough.
            const std::lock_guard lock{mutex_};
            if (!without_rights_.insert(stream.name).second) return;
        }
        telemetry_.log(Severity::error, "inbox.stream_refused",
                       {{"stream", stream.name}, {"problem", problem}});
    }

    /// Says it once, not at every look.
    void note_trouble(const MappedStream& stream, const StreamVerdict& verdict, domain::Instant began) {
        const bool is_missing = verdict.reason == "no_stream";
        if (!is_missing) broker_->tell(false, "not_subscribed", began);
        {
            const std::lock_guard lock{mutex_};
            if (!troubled_.insert(stream.name).second) return;
        }
        const bool is_refused = verdict.kind == StreamVerdict::Kind::refused;
        telemetry_.log(is_refused ? Severity::error : Severity::warning,
                       is_refused ? "inbox.stream_refused" : "inbox.stream_away",
                       {{"stream", stream.name}, {"problem", verdict.reason}});
    }

    /// False when it is better to subscribe again.
    bool fetch(const Connected& connected, natsSubscription* consumer, const MappedStream& stream) {
        natsMsgList list{};
        auto code = static_cast<jsErrCode>(0);
        const natsStatus status = natsSubscription_Fetch(&list, consumer, fetched_at_once, fetch_ms, &code);
        if (status == NATS_TIMEOUT) {
            note_missing_right(connected, stream);
            return true;
        }
        if (status != NATS_OK) {
            natsMsgList_Destroy(&list);
            return false;
        }
        {
            const std::lock_guard lock{mutex_};
            for (int i = 0; i < list.Count; ++i) {
                hand_over(MessageHandle{list.Msgs[i]}, stream);
                list.Msgs[i] = nullptr;
            }
        }
        natsMsgList_Destroy(&list);
        roused_();
        return true;
    }

    void hand_over(MessageHandle message, const MappedStream& stream) {
        jsMsgMetaData* about = nullptr;
        if (natsMsg_GetMetaData(&about, message.get()) != NATS_OK) return;
        const std::uint64_t ticket = ++last_ticket_;
        ready_.push_back(
            {.ticket = ticket,
             .message = to_message(stream.name, message.get(), about->Sequence.Stream, about->Timestamp),
             .tries = static_cast<unsigned>(about->NumDelivered)});
        jsMsgMetaData_Destroy(about);
        open_.emplace(ticket, Open{std::move(message), &stream});
    }

    const std::vector<MappedStream> streams_;
    const std::shared_ptr<http_client::Dependency> broker_;
    const application::Clock& clock_;
    application::Telemetry& telemetry_;
    const std::function<void()> roused_;
    const OptionsHandle options_;
    std::mutex connection_mutex_;
    Connected connection_;
    std::mutex mutex_;  // of what follows; nothing is waited for under it
    std::condition_variable settled_;
    std::deque<Delivery> ready_;
    std::map<std::uint64_t, Open> open_;
    std::set<std::string> troubled_;        ///< streams whose trouble was said
    std::set<std::string> without_rights_;  ///< streams of which a missing right was said
    std::uint64_t last_ticket_ = 0;
    asio::thread_pool lookups_{1};
    std::deque<std::jthread> threads_;
};

}  // namespace

std::unique_ptr<application::MessageSource> open_nats_inbox(
    NatsSettings settings, std::vector<MappedStream> streams, std::shared_ptr<http_client::Dependency> broker,
    const application::Clock& clock, application::Telemetry& telemetry, std::function<void()> roused) {
    return std::make_unique<NatsInbox>(std::move(settings), std::move(streams), std::move(broker), clock,
                                       telemetry, std::move(roused));
}

std::string look_at_inbox_streams(const NatsSettings& settings, const std::vector<MappedStream>& streams) {
    const OptionsHandle options = make_nats_options(settings);
    const ConnectionHandle connection = connect(options.get(), [](natsConnection*, void*) {}, nullptr);
    const bool is_connected =
        connection && natsConnection_Status(connection.get()) == NATS_CONN_STATUS_CONNECTED;
    jsCtx* made = nullptr;
    jsOptions patience = api_options();
    if (!is_connected || natsConnection_JetStream(&made, connection.get(), &patience) != NATS_OK)
        return "not_connected";
    const StreamHandle context{made};
    std::string missing;
    for (const MappedStream& stream : streams) {
        const StreamVerdict verdict = look_at_shared_stream(context.get(), stream.name);
        if (verdict.kind == StreamVerdict::Kind::refused) throw BrokerRefused{verdict.reason};
        if (verdict.kind == StreamVerdict::Kind::away)
            missing += (missing.empty() ? "" : ", ") + stream.name + " " + verdict.reason;
    }
    return missing;
}

}  // namespace vcare::events
