// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/session_list.hpp"

#include <algorithm>
#include <limits>

#include "adapters/store/cursor.hpp"

namespace vcare::store {
namespace {

using namespace domain;
using application::Page;
using application::SessionQuery;

/// What one list is restricted to; each member that is there must hold.
struct Filter {
    std::optional<SessionStatus> status = {};
    std::optional<PatientId> patient = {};
    std::optional<UserId> provider = {};
    std::optional<NodeId> node = {};
    std::optional<UserId> user = {};  ///< takes part in any role
};

/// The part of a list that is asked for.
struct Window {
    Cursor before;
    std::int64_t from = 0;
    std::int64_t to = 0;
    unsigned limit = 0;
};

/// A key of the list, newest first.
struct Key {
    std::int64_t start = 0;
    std::string id = {};
    friend auto operator<=>(const Key&, const Key&) = default;
};

template <class T>
bool narrow(std::optional<T>& filter, const std::optional<T>& wanted) {
    if (filter && wanted) return *filter == *wanted;
    if (wanted) filter = wanted;
    return true;
}

/// The lists whose union the caller may see, narrowed to what is asked for.
std::vector<Filter> filters_of(const SessionQuery& query) {
    std::vector<Filter> reachable;
    const Reach& reach = query.reach;
    if (reach.whole_tenant) {
        reachable.emplace_back();
    } else {
        if (reach.patient) reachable.push_back({.patient = reach.patient});
        if (reach.participant_user) reachable.push_back({.user = reach.participant_user});
        for (const NodeId& node : reach.nodes) reachable.push_back({.node = node});
    }
    std::erase_if(reachable, [&](Filter& filter) {
        filter.provider = query.provider;
        filter.status = query.status;
        return !narrow(filter.patient, query.patient) || !narrow(filter.node, query.node);
    });
    return reachable;
}

/// Chooses the index that leaves least to look through.
Connection::Started<Rows> run_list(Connection& c, const TenantId& tenant, const Filter& f, const Window& w) {
    if (f.user)
        return c.query(Sql::list_by_user, tenant, w.before.at, w.before.id, w.from, w.to, w.limit, f.user,
                       f.status, f.node, f.provider, f.patient);
    if (f.patient)
        return c.query(Sql::list_by_patient, tenant, w.before.at, w.before.id, w.from, w.to, w.limit,
                       f.patient, f.status, f.node, f.provider);
    if (f.provider)
        return c.query(Sql::list_by_user, tenant, w.before.at, w.before.id, w.from, w.to, w.limit, f.provider,
                       f.status, f.node, f.provider, f.patient);
    if (f.node)
        return c.query(Sql::list_by_node, tenant, w.before.at, w.before.id, w.from, w.to, w.limit, f.node,
                       f.status);
    if (f.status)
        return c.query(Sql::list_by_status, tenant, w.before.at, w.before.id, w.from, w.to, w.limit,
                       f.status);
    return c.query(Sql::list_by_start, tenant, w.before.at, w.before.id, w.from, w.to, w.limit);
}

}  // namespace

Work<Result<Page<std::string>>> list_session_ids(Connection* connection, TenantId tenant,
                                                 SessionQuery query) {
    constexpr auto latest = std::numeric_limits<std::int64_t>::max();
    Window window{.before = {.at = latest, .id = "~"},
                  .from = query.from ? to_unix_ms(*query.from) : std::numeric_limits<std::int64_t>::min(),
                  .to = query.to ? to_unix_ms(*query.to) : latest,
                  .limit = query.limit + 1};  // one more shows whether there is a next page
    if (query.cursor) {
        auto cursor = parse_cursor(*query.cursor, SessionTag::prefix);
        if (!cursor) co_return std::unexpected{std::move(cursor.error())};
        window.before = *std::move(cursor);
    }

    std::vector<Key> keys;
    for (const Filter& filter : filters_of(query)) {
        Rows rows = co_await run_list(*connection, tenant, filter, window);
        while (rows.next()) keys.push_back({.start = rows.integer(0), .id = rows.string(1)});
    }
    std::ranges::sort(keys, std::greater{});
    keys.erase(std::ranges::unique(keys).begin(), keys.end());

    Page<std::string> page;
    const bool has_more = keys.size() > query.limit;
    if (has_more) {
        keys.resize(query.limit);
        page.next_cursor = to_text({.at = keys.back().start, .id = keys.back().id});
    }
    for (Key& key : keys) page.items.push_back(std::move(key.id));
    co_return page;
}

}  // namespace vcare::store
