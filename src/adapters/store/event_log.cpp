// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/rows.hpp"
#include "adapters/store/stores.hpp"

namespace vcare::store {
namespace {

using namespace domain;
using application::PublishedEvent;
using Events = std::vector<PublishedEvent>;

Work<std::uint64_t> read_counter(Connection* connection, std::string name) {
    Rows rows = co_await connection->query(Sql::counter, name);
    co_return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
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

struct From {
    std::optional<SessionId> session;
    std::uint64_t position;
    unsigned limit;
};

Work<Result<Events>> read_after(Connection* connection, TenantId tenant, From from) {
    // A position that was never given out comes from before a restore: nothing can follow it.
    const bool is_deleted = from.position < co_await read_counter(connection, "outbox_floor");
    const bool is_unknown = from.position > co_await read_counter(connection, "outbox_position");
    if (is_deleted || is_unknown) co_return refuse(ErrorCode::not_found);
    if (from.session)
        co_return read_events(tenant, co_await connection->query(Sql::events_of_session_after, tenant,
                                                                 from.position, from.limit, *from.session));
    co_return read_events(tenant,
                          co_await connection->query(Sql::events_after, tenant, from.position, from.limit));
}

Work<Result<std::uint64_t>> read_newest(Connection* connection, TenantId tenant) {
    Rows rows = co_await connection->query(Sql::newest_position, tenant);
    if (rows.next() && !rows.is_null(0)) co_return static_cast<std::uint64_t>(rows.integer(0));
    co_return co_await read_counter(connection, "outbox_floor");
}

class SqlEventLog final : public application::EventLog {
  public:
    explicit SqlEventLog(Database* database) : database_(database) {}

    Task<Result<Events>> events_after(TenantScope scope, std::optional<SessionId> session,
                                      std::uint64_t position, unsigned limit) override {
        const From from{.session = std::move(session), .position = position, .limit = limit};
        auto work = [&](Connection* c) { return read_after(c, scope.tenant(), from); };
        co_return co_await read<Events>(database_, of(scope).in_one_state(), work);
    }

    Task<Result<std::uint64_t>> newest_position(TenantScope scope) override {
        auto work = [&](Connection* c) { return read_newest(c, scope.tenant()); };
        co_return co_await read<std::uint64_t>(database_, of(scope).in_one_state(), work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::EventLog> make_event_log(Database* database) {
    return std::make_unique<SqlEventLog>(database);
}

}  // namespace vcare::store
