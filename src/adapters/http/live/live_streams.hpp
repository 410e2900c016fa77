// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "adapters/http/live/closings.hpp"
#include "adapters/http/live/event_stream.hpp"
#include "adapters/http/live/stream_opening.hpp"
#include "adapters/http/server.hpp"
#include "adapters/http/use_cases.hpp"

namespace vcare::http {

/// Events that were published together.
using Announcement = std::shared_ptr<const std::vector<application::PublishedEvent>>;

/// The live streams of one loop: who follows what, and what each is told. What a frame says is decided by
/// the use cases `FollowVisit` and `FollowClinic`; here it is put in order and delivered.
class LiveStreams {
  public:
    LiveStreams(Loop& loop, UseCases& use_cases, const ServerOptions& options,
                std::atomic<std::int64_t>& count);
    ~LiveStreams();

    /// A participant's own stream.
    [[nodiscard]] Task<Result<std::unique_ptr<StreamOpening>>> open_visit(
        application::VisitContext context, std::optional<application::StreamPosition> last);

    /// The staff feed, until the bearer expires; with the frames of the caller's own seat if it is given.
    struct Feed {
        application::StaffContext context;
        domain::Instant expires_at;
        domain::SignIn sign_in = {};
        std::optional<application::VisitContext> seat = {};
    };
    [[nodiscard]] Task<Result<std::unique_ptr<StreamOpening>>> open_feed(
        Feed feed, std::optional<application::StreamPosition> last);

    void deliver(const Announcement& announcement);
    void deliver(const application::Signal& signal);

    /// Ends the staff feeds of a user whose bearer is void; their seats hear of it by event.
    void bar(const domain::BarredUser& barred);

    /// Tells every client when to come back, each at another time, and ends its stream.
    void drain();
    /// Cuts off whoever is left, as the process is about to end.
    void end_all();

  private:
    class Stream;
    class Opening;
    using StreamPtr = std::shared_ptr<Stream>;
    using Followers = std::unordered_map<std::string, std::unordered_set<Stream*>>;

    void add(Stream& stream);
    void remove(Stream& stream);
    [[nodiscard]] Task<Result<void>> catch_up(StreamPtr stream,
                                              std::optional<application::StreamPosition> last);
    [[nodiscard]] Task<Result<std::unique_ptr<StreamOpening>>> open(
        StreamPtr stream, std::optional<application::StreamPosition> last);
    [[nodiscard]] static std::vector<StreamPtr> followers_of(const Followers& followers,
                                                             const std::string& key);
    [[nodiscard]] std::vector<StreamPtr> everyone();
    void queue(const StreamPtr& stream, const std::vector<application::PublishedEvent>& events);
    [[nodiscard]] Task<void> pump(StreamPtr stream);
    [[nodiscard]] Task<Result<void>> tell(StreamPtr stream, std::vector<application::PublishedEvent> events);
    [[nodiscard]] Task<Result<void>> tell_seat(StreamPtr stream, application::PublishedEvent event);
    [[nodiscard]] std::string next_stream_id();

    Loop& loop_;
    UseCases& use_cases_;
    const ServerOptions& options_;
    std::atomic<std::int64_t>& count_;
    std::string name_;
    Closings closings_;
    std::unordered_set<Stream*> all_;
    Followers by_session_;
    Followers by_tenant_;
    std::uint64_t last_stream_ = 0;
};

}  // namespace vcare::http
