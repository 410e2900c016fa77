// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "domain/time.hpp"

namespace vcare::simulation {

/// How often what goes wrong. A probability is per call unless it says otherwise.
struct FaultRates {
    double request_lost = 0.01;
    double request_twice = 0.02;
    double answer_lost = 0.02;

    double store_read_refused = 0.004;
    double commit_refused = 0.006;
    double commit_answer_lost = 0.008;  ///< the unit is durable, nobody is told

    double consent_unavailable = 0.03;
    double consent_slow = 0.02;  ///< until the deadline, then no answer
    double consent_nonsense = 0.02;
    double consent_write_lost = 0.02;  ///< taken, but not confirmed

    double room_refused = 0.02;
    double backend_unhealthy = 0.02;

    double record_unavailable = 0.2;
    double record_answer_lost = 0.1;  ///< the Encounter is there, nobody is told

    double keys_unavailable = 0.004;
    double licence_untold = 0.01;  ///< whether there is one cannot be asked

    double publish_refused = 0.02;
    double publish_answer_lost = 0.02;

    /// The process dies between two steps of anything: on average once in this time.
    domain::minutes between_crashes{25};
    /// The process stands still for minutes (a suspended machine, a clock that jumps forward).
    domain::minutes between_freezes{90};
    /// The clock of the service's machine is put wrong by up to `clock_wrong_by_at_most`, forward or back, or
    /// right.
    domain::minutes between_clock_steps{70};
    /// The record's gateway is down for hours.
    domain::hours between_record_outages{9};
};

inline constexpr domain::seconds clock_wrong_by_at_most{90};

/// Nothing goes wrong.
inline constexpr FaultRates no_faults{.request_lost = 0,
                                      .request_twice = 0,
                                      .answer_lost = 0,
                                      .store_read_refused = 0,
                                      .commit_refused = 0,
                                      .commit_answer_lost = 0,
                                      .consent_unavailable = 0,
                                      .consent_slow = 0,
                                      .consent_nonsense = 0,
                                      .consent_write_lost = 0,
                                      .room_refused = 0,
                                      .backend_unhealthy = 0,
                                      .record_unavailable = 0,
                                      .record_answer_lost = 0,
                                      .keys_unavailable = 0,
                                      .licence_untold = 0,
                                      .publish_refused = 0,
                                      .publish_answer_lost = 0,
                                      .between_crashes = domain::minutes{0},
                                      .between_freezes = domain::minutes{0},
                                      .between_clock_steps = domain::minutes{0},
                                      .between_record_outages = domain::hours{0}};

}  // namespace vcare::simulation
