// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/rows.hpp"
#include "adapters/store/stores.hpp"

namespace vcare::store {
namespace {

using namespace domain;
using application::PublishedEvent;
using Events = std::vector<PublishedEvent>;

std::uint64_t read_counter(Connection& connection, std::string_view name) {
    Rows rows = connection.query(Sql::counter, name);
    return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

Events read_events(const TenantId& tenant, Rows rows) {
    Events events;
    while (rows.next()) {
        if (auto entry = read_event(rows))
            events.push_back({.position = static_cast<std::uint64_t>(rows.integer(10)),
                              .tenant = tenant,
                              .entry = *std::move(entry)});
    }
    return events;
}

class SqliteEventLog final : public application::EventLog {
  public:
    explicit SqliteEventLog(Database* database) : database_(database) {}

    Task<Result<Events>> events_after(TenantScope scope, std::optional<SessionId> session,
                                      std::uint64_t position, unsigned limit) override {
        auto work = [&](Connection& c) -> Result<Events> {
            const Snapshot snapshot{c};
            // A position that was never given out comes from before a restore: nothing can follow it.
            const bool is_deleted = position < read_counter(c, "outbox_floor");
            const bool is_unknown = position > read_counter(c, "outbox_position");
            if (is_deleted || is_unknown) return refuse(ErrorCode::not_found);
            if (session)
                return read_events(scope.tenant(), c.query(Sql::events_of_session_after, scope.tenant(),
                                                           position, limit, *session));
            return read_events(scope.tenant(), c.query(Sql::events_after, scope.tenant(), position, limit));
        };
        co_return co_await read<Events>(database_, work);
    }

    Task<Result<std::uint64_t>> newest_position(TenantScope scope) override {
        auto work = [&](Connection& c) -> Result<std::uint64_t> {
            const Snapshot snapshot{c};
            Rows rows = c.query(Sql::newest_position, scope.tenant());
            if (rows.next() && !rows.is_null(0)) return static_cast<std::uint64_t>(rows.integer(0));
            return read_counter(c, "outbox_floor");
        };
        co_return co_await read<std::uint64_t>(database_, work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::EventLog> make_event_log(Database* database) {
    return std::make_unique<SqliteEventLog>(database);
}

}  // namespace vcare::store
