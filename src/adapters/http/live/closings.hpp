// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>

#include "adapters/http/loop.hpp"
#include "application/live_frames.hpp"

namespace vcare::http {

/// Writes down whose streams of one loop have closed. However many close at once, a few are written at a
/// time, so that the store's queue is left to the requests; what the store refuses is written again, after a
/// pause, until it is there: somebody whose closing was lost would count as connected for as long as this
/// replica lives. Used on its loop alone; `loop.tasks()` is done when every closing is written or given up.
class Closings {
  public:
    Closings(Loop& loop, application::FollowVisit& follow_visit) : loop_(loop), follow_visit_(follow_visit) {}

    /// `stream_id` as it was opened. It closed now, whenever that is written.
    void add(application::VisitContext seat, std::string stream_id);

    /// The process is about to end: a closing is tried once more at most. What is not written then counts as
    /// closed when this replica falls silent.
    void hurry() { is_in_a_hurry_ = true; }

    static constexpr unsigned max_writers = 64;  ///< at work at a time

  private:
    struct Closing {
        application::VisitContext seat;
        std::string stream_id;
        domain::Instant at;
    };
    [[nodiscard]] Task<void> write_all();
    void note_refused(ErrorCode code);
    void give_up();

    Loop& loop_;
    application::FollowVisit& follow_visit_;
    std::deque<Closing> waiting_;
    unsigned writers_ = 0;
    bool is_refused_ = false;  // since the last one that was written
    bool is_in_a_hurry_ = false;
};

}  // namespace vcare::http
