// SPDX-License-Identifier: Apache-2.0
#include "adapters/events/nats_consumer.hpp"

#include "adapters/events/nats_handles.hpp"
#include "adapters/events/nats_options.hpp"

namespace vcare::events {
namespace {

using Kind = StreamVerdict::Kind;

std::string text_of(const char* text) {
    return text ? text : "";
}

ConsumerFacts facts_of(const jsConsumerConfig& config) {
    return {.is_pulled = text_of(config.DeliverSubject).empty(),
            .is_acknowledged = config.AckPolicy == js_AckExplicit,
            .has_whole_messages = !config.HeadersOnly,
            .begins_at_the_beginning = config.DeliverPolicy == js_DeliverAll,
            .deliveries_max = config.MaxDeliver > 0 ? config.MaxDeliver : -1,
            .acknowledge_within = std::chrono::nanoseconds{config.AckWait},
            .filter = text_of(config.FilterSubject)};
}

jsConsumerConfig wanted_config(const MappedStream& stream) {
    jsConsumerConfig config;
    jsConsumerConfig_Init(&config);
    config.Durable = inbox_consumer;
    config.Description = "Virtual care reads what other services tell";
    config.AckPolicy = js_AckExplicit;
    config.DeliverPolicy = js_DeliverAll;
    config.AckWait = std::chrono::nanoseconds{acknowledge_within}.count();
    config.MaxDeliver = -1;
    if (!stream.filter.empty()) config.FilterSubject = stream.filter.c_str();
    return config;
}

std::string sentence(const MappedStream& stream, const std::string& what, const std::string& remedy) {
    return std::string{"NATS: the consumer "} + inbox_consumer + " of the stream " + stream.name + " " +
           what + "; " + remedy;
}

ConsumerVerdict bring_in_line(jsCtx* jetstream, const MappedStream& stream, jsConsumerConfig found,
                              const std::string& difference) {
    const jsConsumerConfig wanted = wanted_config(stream);
    // What is not ours to say, like its copies, stays as it is.
    found.AckWait = wanted.AckWait;
    found.MaxDeliver = wanted.MaxDeliver;
    found.BackOff = nullptr;
    found.BackOffLen = 0;
    found.FilterSubject = wanted.FilterSubject;
    jsOptions options = api_options();
    auto code = static_cast<jsErrCode>(0);
    // Adding a durable consumer that is there changes it.
    if (js_AddConsumer(nullptr, jetstream, stream.name.c_str(), &found, &options, &code) == NATS_OK)
        return {.changed = difference};
    if (code == 0) return {.verdict = {.kind = Kind::away, .reason = "consumer_refused"}};
    return {.verdict = {.kind = Kind::refused,
                        .reason = sentence(stream, difference + " and cannot be changed",
                                           "delete it, and it is made again")}};
}

}  // namespace

std::string problem_with(const ConsumerFacts& consumer, const MappedStream& stream) {
    const std::string remedy = "delete it, and it is made again";
    if (!consumer.is_pulled) return sentence(stream, "is pushed to a subject and not pulled", remedy);
    if (!consumer.is_acknowledged)
        return sentence(stream, "does not wait for each message to be acknowledged, so some would be lost",
                        remedy);
    if (!consumer.has_whole_messages) return sentence(stream, "delivers headers only", remedy);
    if (!consumer.begins_at_the_beginning)
        return sentence(stream, "does not begin at the stream's beginning, so some would be lost", remedy);
    return {};
}

std::string difference_of(const ConsumerFacts& consumer, const MappedStream& stream) {
    if (consumer.deliveries_max != -1)
        return "gives a message up after " + std::to_string(consumer.deliveries_max) + " deliveries";
    if (consumer.filter != stream.filter)
        return "delivers " + (consumer.filter.empty() ? "everything" : consumer.filter) + " and not " +
               (stream.filter.empty() ? "everything" : stream.filter);
    if (consumer.acknowledge_within != acknowledge_within) return "does not wait 30 s for an acknowledgement";
    return {};
}

ConsumerVerdict make_or_check_consumer(jsCtx* jetstream, const MappedStream& stream) {
    jsOptions options = api_options();
    auto code = static_cast<jsErrCode>(0);
    jsConsumerInfo* found = nullptr;
    const natsStatus status =
        js_GetConsumerInfo(&found, jetstream, stream.name.c_str(), inbox_consumer, &options, &code);
    const ConsumerInfoHandle info{found};
    if (status == NATS_OK) {
        const ConsumerFacts facts = facts_of(*info->Config);
        if (std::string problem = problem_with(facts, stream); !problem.empty())
            return {.verdict = {.kind = Kind::refused, .reason = std::move(problem)}};
        const std::string difference = difference_of(facts, stream);
        if (difference.empty()) return {};
        return bring_in_line(jetstream, stream, *info->Config, difference);
    }
    const bool is_missing = status == NATS_NOT_FOUND || code == JSConsumerNotFoundErr;
    jsConsumerConfig config = wanted_config(stream);
    const bool is_made = is_missing && js_AddConsumer(nullptr, jetstream, stream.name.c_str(), &config,
                                                      &options, &code) == NATS_OK;
    if (is_made) return {};
    return {.verdict = {.kind = Kind::away, .reason = "consumer_refused"}};
}

}  // namespace vcare::events
