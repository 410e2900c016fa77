// SPDX-License-Identifier: Apache-2.0
// What NATS itself makes of events, and how late those of the service came:
//   bench_nats publish URL COUNT BYTES  messages a second that a stream in files acknowledges
//   bench_nats lag URL FIRST            from sequence FIRST on: from the time an event says to its storing
#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nats/nats.h>

#include "domain/time.hpp"

namespace vcare::bench {
namespace {

using Steady = std::chrono::steady_clock;

template <auto destroy>
struct DestroyBy {
    template <class Native>
    void operator()(Native* native) const {
        destroy(native);
    }
};

void must(natsStatus status, std::string_view what) {
    if (status != NATS_OK) throw std::runtime_error{fmt::format("{}: {}", what, natsStatus_GetText(status))};
}

class Stream {
  public:
    explicit Stream(const char* url) {
        natsConnection* connection = nullptr;
        must(natsConnection_ConnectTo(&connection, url), "connect");
        connection_.reset(connection);
        jsOptions options;
        jsOptions_Init(&options);
        options.PublishAsync.MaxPending = 4096;  // as many as the service has on the way at the most
        jsCtx* jetstream = nullptr;
        must(natsConnection_JetStream(&jetstream, connection, &options), "JetStream");
        jetstream_.reset(jetstream);
    }

    /// Into a stream of its own, as the service's is made.
    void make(const char* name, const char* subject) {
        jsStreamConfig config;
        jsStreamConfig_Init(&config);
        config.Name = name;
        config.Subjects = &subject;
        config.SubjectsLen = 1;
        config.Storage = js_FileStorage;
        config.Duplicates = std::chrono::nanoseconds{std::chrono::minutes{10}}.count();
        must(js_AddStream(nullptr, jetstream_.get(), &config, nullptr, nullptr), "stream");
    }
    void publish(const char* subject, const std::string& id, const std::string& body) {
        natsMsg* message = nullptr;
        must(natsMsg_Create(&message, subject, nullptr, body.data(), static_cast<int>(body.size())),
             "message");
        must(natsMsgHeader_Set(message, "Nats-Msg-Id", id.c_str()), "message");
        must(js_PublishMsgAsync(jetstream_.get(), &message, nullptr), "publish");
    }
    void await_acknowledgements() {
        must(js_PublishAsyncComplete(jetstream_.get(), nullptr), "acknowledgements");
    }

    [[nodiscard]] std::uint64_t last(const char* name) const {
        jsStreamInfo* info = nullptr;
        must(js_GetStreamInfo(&info, jetstream_.get(), name, nullptr, nullptr), "stream");
        const std::unique_ptr<jsStreamInfo, DestroyBy<jsStreamInfo_Destroy>> held{info};
        return info->State.LastSeq;
    }
    /// How long after its own `time` a message was stored.
    [[nodiscard]] std::chrono::milliseconds lag_of(const char* name, std::uint64_t sequence) const {
        natsMsg* message = nullptr;
        must(js_GetMsg(&message, jetstream_.get(), name, sequence, nullptr, nullptr), "message");
        const std::unique_ptr<natsMsg, DestroyBy<natsMsg_Destroy>> held{message};
        const std::string_view body{natsMsg_GetData(message),
                                    static_cast<std::size_t>(natsMsg_GetDataLength(message))};
        constexpr std::string_view member = R"("time":")";
        const auto begin = body.find(member) + member.size();
        const auto said = domain::parse_rfc3339(body.substr(begin, body.find('"', begin) - begin));
        if (!said) throw std::runtime_error{"an event that does not say when"};
        const std::chrono::nanoseconds stored{natsMsg_GetTime(message)};
        return std::chrono::duration_cast<std::chrono::milliseconds>(stored - said->time_since_epoch());
    }

  private:
    std::unique_ptr<natsConnection, DestroyBy<natsConnection_Destroy>> connection_;
    std::unique_ptr<jsCtx, DestroyBy<jsCtx_Destroy>> jetstream_;
};

void publish(const char* url, int count, std::size_t bytes) {
    Stream stream{url};
    const std::string name = fmt::format("BENCH_{}", Steady::now().time_since_epoch().count());
    stream.make(name.c_str(), (name + ".event").c_str());
    const std::string subject = name + ".event";
    const std::string body(bytes, 'x');
    const auto began = Steady::now();
    for (int i = 0; i < count; ++i) stream.publish(subject.c_str(), fmt::format("{}", i), body);
    stream.await_acknowledgements();
    const std::chrono::duration<double> took = Steady::now() - began;
    fmt::print("{{\"rate\": {:.1f}}}\n", count / took.count());
}

void lag(const char* url, std::uint64_t first) {
    const Stream stream{url};
    constexpr const char* name = "VIRTUAL_CARE";
    std::vector<std::chrono::milliseconds> lags;
    const std::uint64_t last = stream.last(name);
    for (std::uint64_t sequence = first; sequence <= last; ++sequence)
        lags.push_back(stream.lag_of(name, sequence));
    if (lags.empty()) throw std::runtime_error{"no event came"};
    std::ranges::sort(lags);
    fmt::print("{{\"events\": {}, \"p50\": {}, \"p99\": {}}}\n", lags.size(), lags[lags.size() / 2].count(),
               lags[lags.size() * 99 / 100].count());
}

}  // namespace
}  // namespace vcare::bench

int main(int argc, char** argv) try {
    const std::string_view mode = argc > 1 ? argv[1] : "";
    if (mode == "publish" && argc == 5) {
        vcare::bench::publish(argv[2], std::stoi(argv[3]), std::stoul(argv[4]));
    } else if (mode == "lag" && argc == 4) {
        vcare::bench::lag(argv[2], std::stoull(argv[3]));
    } else {
        fmt::print(stderr, "usage: bench_nats publish URL COUNT BYTES | lag URL FIRST\n");
        return 2;
    }
    return 0;
} catch (const std::exception& problem) {
    fmt::print(stderr, "bench_nats: {}\n", problem.what());
    return 1;
}
