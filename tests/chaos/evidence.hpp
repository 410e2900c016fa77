// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "chaos/load.hpp"

namespace vcare::chaos {

struct SessionRow {
    std::string tenant;
    std::string patient;
    std::string status;
    std::uint64_t version = 0;
    std::int64_t created_at = 0;  ///< milliseconds since 1970, as all times here
    std::optional<std::int64_t> actual_start;
    std::string encounter;  ///< empty while it is owed
};

/// An event, in the database or in the stream.
struct Told {
    std::string id;
    std::string tenant;
    std::string session;  ///< empty: about none
    std::string type;
    bool is_published = true;  ///< the database says that the broker has it
};

/// How much was still on its way when the database was asked.
struct Owed {
    std::int64_t events = 0;
    std::int64_t dead_letters = 0;
    std::int64_t encounters = 0;
    std::int64_t consents = 0;

    [[nodiscard]] bool is_nothing() const { return events + dead_letters + encounters + consents == 0; }
};

/// What is to be found, after a round, in every place that must know of it.
struct Evidence {
    bool is_settled = false;  ///< everything had the time to be paid

    std::map<std::string, SessionRow> sessions;
    std::map<std::string, std::string> tenant_of;               ///< of sessions and participants
    std::map<std::string, std::set<std::string>> kept_answers;  ///< Idempotency-Keys of a tenant
    std::vector<Told> outbox;                                   ///< in the order of their commits
    std::set<std::string> encounter_debts;                      ///< sessions
    Owed owed;

    std::vector<Told> stream;                                    ///< in its order
    std::map<std::string, std::vector<std::string>> encounters;  ///< of the sessions that were looked up
    std::vector<support::OwnerLine> consents;
    support::Finished audit;  ///< `vcare audit verify`
};

/// Looks everywhere. What was found in order once is not looked up again until the last time.
class Investigation {
  public:
    explicit Investigation(Stack& stack) : stack_(stack) {}

    [[nodiscard]] Owed owed() const;
    [[nodiscard]] Evidence collect(bool is_settled);

  private:
    void ask_database(Evidence& evidence) const;
    void ask_broker();
    void ask_record(Evidence& evidence);

    Stack& stack_;
    std::vector<Told> stream_;
    std::uint64_t last_sequence_ = 0;
    std::set<std::string> paid_;
};

}  // namespace vcare::chaos
