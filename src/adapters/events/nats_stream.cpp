// SPDX-License-Identifier: Apache-2.0
#include "adapters/events/nats_stream.hpp"

#include <algorithm>
#include <span>

#include "adapters/events/nats_handles.hpp"
#include "adapters/events/nats_options.hpp"

namespace vcare::events {
namespace {

using Kind = StreamVerdict::Kind;
using Retention = StreamFacts::Retention;

constexpr std::int64_t probe_ms = 2000;
/// Larger than any stream will ever be, and a number that every program can read.
constexpr std::uint64_t impossible_sequence = std::uint64_t{1} << 52U;

std::string sentence(const std::string& what, const std::string& remedy) {
    return std::string{"NATS: the stream "} + stream_name + " " + what + "; " + remedy;
}

Retention retention_of(jsRetentionPolicy policy) {
    if (policy == js_WorkQueuePolicy) return Retention::work_queue;
    return policy == js_InterestPolicy ? Retention::interest : Retention::limits;
}

StreamFacts facts_of(const jsStreamConfig& config) {
    StreamFacts facts{.retention = retention_of(config.Retention),
                      .is_in_files = config.Storage == js_FileStorage,
                      .is_acknowledged = !config.NoAck,
                      .is_own = config.Mirror == nullptr && !config.Sealed,
                      .dedupe_window = std::chrono::nanoseconds{config.Duplicates},
                      .subjects = {}};
    const std::span subjects{config.Subjects, static_cast<std::size_t>(config.SubjectsLen)};
    facts.subjects.assign(subjects.begin(), subjects.end());
    return facts;
}

StreamVerdict make_stream(jsCtx* jetstream, int replicas) {
    const char* subjects[] = {stream_subjects};
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    config.Name = stream_name;
    config.Description = "What happens in virtual care (CloudEvents 1.0)";
    config.Subjects = subjects;
    config.SubjectsLen = 1;
    config.Retention = js_LimitsPolicy;
    config.Storage = js_FileStorage;
    config.Replicas = replicas;
    config.Duplicates = std::chrono::nanoseconds{least_dedupe_window}.count();
    jsOptions options = api_options();
    auto code = static_cast<jsErrCode>(0);
    if (js_AddStream(nullptr, jetstream, &config, &options, &code) == NATS_OK) return {};
    if (code == 0) return {.kind = Kind::away, .reason = "no_jetstream"};
    const char* said = nats_GetLastError(nullptr);
    return {.kind = Kind::refused,
            .reason = sentence("cannot be made", std::string{"the server says: "} + (said ? said : ""))};
}

}  // namespace

std::string problem_with(const StreamFacts& stream) {
    if (stream.retention != Retention::limits) {
        const std::string kind = stream.retention == Retention::work_queue ? "work-queue" : "interest";
        return sentence("has " + kind + " retention, where whoever reads takes messages from the others",
                        "give it limits retention");
    }
    if (!stream.is_own)
        return sentence("is a mirror or sealed", "it must be a stream that can be written to");
    if (!stream.is_in_files) return sentence("is kept in memory", "give it file storage");
    if (!stream.is_acknowledged)
        return sentence("acknowledges nothing", "make it without no_ack, so that no event is lost");
    if (stream.dedupe_window < least_dedupe_window)
        return sentence("knows a repeat for too short a time",
                        "give it a duplicate window of 10 minutes or more");
    const bool takes_all = std::ranges::any_of(stream.subjects, [](const std::string& subject) {
        return subject == stream_subjects || subject == ">";
    });
    if (!takes_all) return sentence("does not take all our events", "give it the subject virtual_care.>");
    return {};
}

StreamVerdict make_or_check_stream(jsCtx* jetstream, int replicas) {
    jsOptions options = api_options();
    auto code = static_cast<jsErrCode>(0);
    jsStreamInfo* found = nullptr;
    const natsStatus status = js_GetStreamInfo(&found, jetstream, stream_name, &options, &code);
    const StreamInfoHandle info{found};
    if (status == NATS_NOT_FOUND || code == JSStreamNotFoundErr) return make_stream(jetstream, replicas);
    if (status != NATS_OK) return {.kind = Kind::away, .reason = "no_jetstream"};
    std::string problem = problem_with(facts_of(*info->Config));
    if (problem.empty()) return {};
    return {.kind = Kind::refused, .reason = std::move(problem)};
}

StreamVerdict try_to_publish(jsCtx* jetstream) {
    jsPubOptions options;
    jsPubOptions_Init(&options);
    options.MaxWait = probe_ms;
    options.ExpectLastSeq = impossible_sequence;
    auto code = static_cast<jsErrCode>(0);
    const natsStatus status = js_Publish(nullptr, jetstream, probe_subject, "", 0, &options, &code);
    const bool is_answered = status == NATS_OK || code == JSStreamWrongLastSequenceErr;
    if (is_answered) return {};
    return {.kind = Kind::away, .reason = "not_taken"};
}

StreamVerdict look_at_shared_stream(jsCtx* jetstream, const std::string& name) {
    jsOptions options = api_options();
    auto code = static_cast<jsErrCode>(0);
    jsStreamInfo* found = nullptr;
    const natsStatus status = js_GetStreamInfo(&found, jetstream, name.c_str(), &options, &code);
    const StreamInfoHandle info{found};
    if (status == NATS_NOT_FOUND || code == JSStreamNotFoundErr)
        return {.kind = Kind::away, .reason = "no_stream"};
    if (status != NATS_OK) return {.kind = Kind::away, .reason = "no_jetstream"};
    const Retention retention = retention_of(info->Config->Retention);
    if (retention == Retention::limits) return {};
    const std::string kind = retention == Retention::work_queue ? "work-queue" : "interest";
    return {.kind = Kind::refused,
            .reason = "NATS: the stream " + name + " has " + kind +
                      " retention, where a second reader takes messages from its owner; ask for limits"
                      " retention, or for its subjects to be published again into a stream that has it"};
}

}  // namespace vcare::events
