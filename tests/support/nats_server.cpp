// SPDX-License-Identifier: Apache-2.0
#include "support/nats_server.hpp"

#include <csignal>
#include <memory>
#include <stdexcept>

#include <nats/nats.h>

#include "support/contract_watch.hpp"
#include "support/free_port.hpp"

namespace vcare::support {
namespace {

constexpr seconds start_limit{60};
constexpr const char* stream = "VIRTUAL_CARE";

template <auto destroy>
struct DestroyBy {
    template <class Native>
    void operator()(Native* native) const {
        destroy(native);
    }
};

void must(natsStatus status, const std::string& what) {
    if (status != NATS_OK) throw std::runtime_error{what + ": " + natsStatus_GetText(status)};
}

/// A connection of the test's, for as long as a question takes.
class Asking {
  public:
    explicit Asking(const NatsServerOptions& options, const std::string& url) {
        natsOptions* made = nullptr;
        must(natsOptions_Create(&made), "options");
        const std::unique_ptr<natsOptions, DestroyBy<natsOptions_Destroy>> held{made};
        must(natsOptions_SetURL(made, url.c_str()), "url");
        if (!options.user.empty())
            must(natsOptions_SetUserInfo(made, options.user.c_str(), options.password.c_str()), "user");
        if (options.certificate) {
            must(natsOptions_SetSecure(made, true), "TLS");
            must(natsOptions_SkipServerVerification(made, true), "TLS");
        }
        natsConnection* connection = nullptr;
        must(natsConnection_Connect(&connection, made), "connect to " + url);
        connection_.reset(connection);
        jsCtx* jetstream = nullptr;
        must(natsConnection_JetStream(&jetstream, connection, nullptr), "JetStream");
        jetstream_.reset(jetstream);
    }
    [[nodiscard]] jsCtx* jetstream() const { return jetstream_.get(); }

  private:
    std::unique_ptr<natsConnection, DestroyBy<natsConnection_Destroy>> connection_;
    std::unique_ptr<jsCtx, DestroyBy<jsCtx_Destroy>> jetstream_;
};

using StreamInfo = std::unique_ptr<jsStreamInfo, DestroyBy<jsStreamInfo_Destroy>>;

StreamInfo find_stream(const Asking& asking) {
    jsStreamInfo* found = nullptr;
    const natsStatus status = js_GetStreamInfo(&found, asking.jetstream(), stream, nullptr, nullptr);
    if (status != NATS_NOT_FOUND) must(status, "stream");
    return StreamInfo{found};
}

}  // namespace

NatsServer::NatsServer(NatsServerOptions options) : options_(std::move(options)), port_(free_port()) {
    write_configuration();
    start();
}

void NatsServer::write_configuration() const {
    std::string config = "listen: \"127.0.0.1:" + std::to_string(port_) + "\"\njetstream { store_dir: \"" +
                         (folder_.path() / "jetstream").string() + "\" }\n" + options_.more;
    if (!options_.user.empty())
        config +=
            "authorization { user: \"" + options_.user + "\", password: \"" + options_.password + "\" }\n";
    if (options_.certificate) {
        write_text(folder_.path() / "certificate.pem", options_.certificate->chain);
        write_text(folder_.path() / "key.pem", options_.certificate->key);
        config += "tls { cert_file: \"" + (folder_.path() / "certificate.pem").string() + "\", key_file: \"" +
                  (folder_.path() / "key.pem").string() + "\" }\n";
    }
    write_text(folder_.path() / "nats.conf", config);
}

void NatsServer::start() {
    process_ = Process::start({"/usr/bin/env", "nats-server", "-c", (folder_.path() / "nats.conf").string()},
                              {.standard_error = folder_.path() / "log"});
    const auto deadline = std::chrono::steady_clock::now() + start_limit;
    while (std::chrono::steady_clock::now() < deadline) {
        try {
            (void)find_stream(Asking{options_, url()});
            return;
        } catch (const std::runtime_error&) {
            // Nothing announces that JetStream is up: ask again shortly, unless it has ended already.
            if (process_.wait(milliseconds{20})) break;
        }
    }
    throw std::runtime_error{"the NATS server is not ready: " + read_text(folder_.path() / "log")};
}

void NatsServer::change_password(std::string password) {
    options_.password = std::move(password);
    write_configuration();
    process_.signal(SIGHUP);
}

void NatsServer::pause() const {
    process_.signal(SIGSTOP);
}
void NatsServer::go_on() const {
    process_.signal(SIGCONT);
}

std::string NatsServer::url() const {
    return (options_.certificate ? "tls://127.0.0.1:" : "nats://127.0.0.1:") + std::to_string(port_);
}

void NatsServer::make_stream(const std::string& retention, int max_message_size) const {
    const Asking asking{options_, url()};
    const char* subjects[] = {"virtual_care.>"};
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    config.Name = stream;
    config.Subjects = subjects;
    config.SubjectsLen = 1;
    config.Storage = js_FileStorage;
    config.Duplicates = std::chrono::nanoseconds{std::chrono::minutes{10}}.count();
    config.MaxMsgSize = max_message_size;
    if (retention == "workqueue") config.Retention = js_WorkQueuePolicy;
    if (retention == "interest") config.Retention = js_InterestPolicy;
    must(js_AddStream(nullptr, asking.jetstream(), &config, nullptr, nullptr), "stream");
}

void NatsServer::make_stream_of_others(const std::string& name, const std::string& subject,
                                       const std::string& retention) const {
    const Asking asking{options_, url()};
    const std::string all = subject + ".>";
    const char* subjects[] = {all.c_str()};
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    config.Name = name.c_str();
    config.Subjects = subjects;
    config.SubjectsLen = 1;
    config.Storage = js_FileStorage;
    if (retention == "workqueue") config.Retention = js_WorkQueuePolicy;
    if (retention == "interest") config.Retention = js_InterestPolicy;
    must(js_AddStream(nullptr, asking.jetstream(), &config, nullptr, nullptr), "stream");
}

void NatsServer::tell(const std::string& subject, const std::string& body, const std::string& id) const {
    const Asking asking{options_, url()};
    jsPubOptions options;
    jsPubOptions_Init(&options);
    if (!id.empty()) options.MsgId = id.c_str();
    must(js_Publish(nullptr, asking.jetstream(), subject.c_str(), body.data(), static_cast<int>(body.size()),
                    &options, nullptr),
         "tell " + subject);
}

std::uint64_t NatsServer::unacknowledged(const std::string& name) const {
    const Asking asking{options_, url()};
    jsConsumerInfo* found = nullptr;
    const natsStatus status =
        js_GetConsumerInfo(&found, asking.jetstream(), name.c_str(), "vcare", nullptr, nullptr);
    if (status == NATS_NOT_FOUND) return 1;  // nobody reads it yet
    must(status, "consumer");
    const std::unique_ptr<jsConsumerInfo, DestroyBy<jsConsumerInfo_Destroy>> info{found};
    return info->NumPending + static_cast<std::uint64_t>(info->NumAckPending);
}

void NatsServer::forget_reader(const std::string& name) const {
    const Asking asking{options_, url()};
    must(js_DeleteConsumer(asking.jetstream(), name.c_str(), "vcare", nullptr, nullptr), "consumer");
}

void NatsServer::make_reader(const std::string& name, const StreamReader& reader) const {
    const Asking asking{options_, url()};
    jsConsumerConfig config;
    jsConsumerConfig_Init(&config);
    config.Durable = "vcare";
    config.AckPolicy = reader.is_acknowledged ? js_AckExplicit : js_AckNone;
    config.DeliverPolicy = js_DeliverAll;
    config.MaxDeliver = reader.deliveries_max;
    if (!reader.filter.empty()) config.FilterSubject = reader.filter.c_str();
    if (!reader.pushed_to.empty()) config.DeliverSubject = reader.pushed_to.c_str();
    must(js_AddConsumer(nullptr, asking.jetstream(), name.c_str(), &config, nullptr, nullptr), "consumer");
}

StreamReader NatsServer::reader_of(const std::string& name) const {
    const Asking asking{options_, url()};
    jsConsumerInfo* found = nullptr;
    must(js_GetConsumerInfo(&found, asking.jetstream(), name.c_str(), "vcare", nullptr, nullptr), "consumer");
    const std::unique_ptr<jsConsumerInfo, DestroyBy<jsConsumerInfo_Destroy>> info{found};
    const auto text = [](const char* word) { return std::string{word ? word : ""}; };
    return {.is_acknowledged = info->Config->AckPolicy == js_AckExplicit,
            .deliveries_max = info->Config->MaxDeliver,
            .filter = text(info->Config->FilterSubject),
            .pushed_to = text(info->Config->DeliverSubject)};
}

void NatsServer::limit_message_size(int bytes) const {
    const Asking asking{options_, url()};
    const StreamInfo info = find_stream(asking);
    info->Config->MaxMsgSize = bytes;
    must(js_UpdateStream(nullptr, asking.jetstream(), info->Config, nullptr, nullptr), "stream");
}

std::vector<StreamMessage> NatsServer::messages(std::uint64_t sequence) const {
    const Asking asking{options_, url()};
    const StreamInfo info = find_stream(asking);
    std::vector<StreamMessage> messages;
    if (!info) return messages;
    while (++sequence <= info->State.LastSeq) {
        natsMsg* made = nullptr;
        must(js_GetMsg(&made, asking.jetstream(), stream, sequence, nullptr, nullptr), "message");
        const std::unique_ptr<natsMsg, DestroyBy<natsMsg_Destroy>> message{made};
        const char* id = nullptr;
        const bool has_id = natsMsgHeader_Get(made, "Nats-Msg-Id", &id) == NATS_OK;
        const auto size = static_cast<std::size_t>(natsMsg_GetDataLength(made));
        messages.push_back({.sequence = sequence,
                            .subject = natsMsg_GetSubject(made),
                            .id = has_id ? id : "",
                            .body = std::string{natsMsg_GetData(made), size}});
        expect_event_schema(messages.back().subject, messages.back().body);
    }
    return messages;
}

}  // namespace vcare::support
