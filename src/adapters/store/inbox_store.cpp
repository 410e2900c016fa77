// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/rows.hpp"
#include "adapters/store/stores.hpp"

namespace vcare::store {
namespace {

using namespace domain;
using application::BarPlace;
using application::DueAppointment;
using application::FailedMessage;
using application::HeldMessage;
using application::InboxLengths;
using application::QueueItem;
using application::WrittenBar;

constexpr int tenant_of_due = 18;  // after the appointment's columns

Work<Result<bool>> find_taken(Connection* connection, TenantId tenant, std::string consumer, std::string id) {
    Rows rows = co_await connection->query(Sql::is_in_inbox, tenant, consumer, id);
    co_return rows.next();
}

Work<Result<std::optional<Instant>>> find_newest(Connection* connection, TenantId tenant, std::string about) {
    Rows rows = co_await connection->query(Sql::newest_about, tenant, about);
    co_return rows.next() ? rows.optional_instant(0) : std::nullopt;
}

Work<Result<std::optional<Appointment>>> find_one(Connection* connection, TenantId tenant, AppointmentId id) {
    Rows rows = co_await connection->query(Sql::find_appointment, tenant, id);
    co_return rows.next() ? read_appointment(rows) : std::nullopt;
}

std::vector<Appointment> read_appointments(Rows rows) {
    std::vector<Appointment> appointments;
    while (rows.next()) {
        if (auto appointment = read_appointment(rows)) appointments.push_back(*std::move(appointment));
    }
    return appointments;
}

Work<Result<std::vector<Appointment>>> find_waiting_of(Connection* connection, TenantId tenant,
                                                       PatientId patient) {
    co_return read_appointments(co_await connection->query(Sql::waiting_appointments_of, tenant, patient));
}

Work<Result<std::vector<Appointment>>> list_waiting(Connection* connection, TenantId tenant, unsigned limit) {
    co_return read_appointments(co_await connection->query(Sql::list_waiting_appointments, tenant, limit));
}

Work<Result<std::vector<DueAppointment>>> claim(Connection* connection, Instant now, Instant lease_until,
                                                unsigned limit) {
    std::vector<DueAppointment> due;
    {
        Rows rows = co_await connection->query(Sql::due_appointments, now, limit);
        while (rows.next()) {
            auto tenant = rows.optional_id<TenantId>(tenant_of_due);
            auto appointment = read_appointment(rows);
            if (tenant && appointment)
                due.push_back({.item = QueueItem{*std::move(tenant), appointment->cause},
                               .appointment = *std::move(appointment)});
        }
    }
    for (const DueAppointment& item : due)
        connection->execute(Sql::lease_appointment, item.item.scope().tenant(), item.appointment.id,
                            lease_until);
    co_return due;
}

FailedMessage read_failure(const Rows& row) {
    return {.place = row.string(1),
            .stream = row.string(2),
            .sequence = static_cast<std::uint64_t>(row.integer(3)),
            .tenant = row.string(0),
            .message_id = row.string(4),
            .type = row.string(5),
            .failures = static_cast<unsigned>(row.integer(6)),
            .problem = row.string(7),
            .failed_at = row.instant(8),
            .is_dead = !row.is_null(9)};
}

Work<Result<FailedMessage>> note(Connection* connection, FailedMessage message, unsigned most) {
    const auto died_at = message.is_dead ? std::optional{message.failed_at} : std::nullopt;
    Rows rows = co_await connection->query(Sql::note_inbox_failure, message.tenant, message.place,
                                           message.stream, message.sequence, message.message_id, message.type,
                                           1, message.problem, message.failed_at, died_at, most);
    if (!rows.next()) co_return refuse(ErrorCode::store_unavailable);
    message.failures = static_cast<unsigned>(rows.integer(0));
    message.is_dead = !rows.is_null(1);
    co_return message;
}

Work<Result<std::vector<FailedMessage>>> list_failed(Connection* connection, unsigned limit) {
    std::vector<FailedMessage> failures;
    Rows rows = co_await connection->query(Sql::list_inbox_failures, limit);
    while (rows.next()) failures.push_back(read_failure(rows));
    co_return failures;
}

Work<Result<std::vector<HeldMessage>>> claim_replays(Connection* connection, Instant now, Instant held_until,
                                                     unsigned limit) {
    std::vector<HeldMessage> held;
    {
        Rows rows = co_await connection->query(Sql::inbox_failures_to_replay, now, limit);
        while (rows.next()) held.push_back({.message = read_failure(rows), .held_until = held_until});
    }
    for (const auto& [message, until] : held)
        connection->execute(Sql::lease_inbox_replay, message.tenant, message.place, until);
    co_return held;
}

Work<Result<unsigned>> replay(Connection* connection, std::optional<std::string> place, Instant now) {
    const int changed = place ? co_await connection->count_changed(Sql::replay_inbox_failure, now, *place)
                              : co_await connection->count_changed(Sql::replay_inbox_failures, now);
    co_return static_cast<unsigned>(changed);
}

Work<Result<std::vector<WrittenBar>>> read_barred(Connection* connection, BarPlace last, unsigned limit) {
    std::vector<WrittenBar> found;
    Rows rows = co_await connection->query(Sql::barred_users_after, last.written_at, last.tenant, last.user,
                                           last.session, limit);
    while (rows.next()) {
        auto tenant = rows.optional_id<TenantId>(0);
        auto user = rows.optional_id<UserId>(1);
        if (!tenant || !user) break;
        found.push_back({.barred = {.tenant = *std::move(tenant),
                                    .user = *std::move(user),
                                    .session = rows.string(2),
                                    .barred_at = rows.instant(3)},
                         .written_at = rows.instant(4)});
    }
    co_return found;
}

Work<Result<InboxLengths>> read_lengths(Connection* connection) {
    InboxLengths lengths;
    if (Rows rows = co_await connection->query(Sql::count_inbox_dead_letters); rows.next())
        lengths.dead_letters = static_cast<std::uint64_t>(rows.integer(0));
    if (Rows rows = co_await connection->query(Sql::count_waiting_appointments); rows.next())
        lengths.waiting_appointments = static_cast<std::uint64_t>(rows.integer(0));
    co_return lengths;
}

class SqlInboxStore final : public application::InboxStore {
  public:
    explicit SqlInboxStore(Database* database) : database_(database) {}

    Task<Result<bool>> is_taken(TenantScope scope, std::string consumer, std::string message_id) override {
        auto work = [&](Connection* c) { return find_taken(c, scope.tenant(), consumer, message_id); };
        co_return co_await read<bool>(database_, of(scope), work);
    }

    Task<Result<std::optional<Instant>>> newest_about(TenantScope scope, std::string about) override {
        auto work = [&](Connection* c) { return find_newest(c, scope.tenant(), about); };
        co_return co_await read<std::optional<Instant>>(database_, of(scope), work);
    }

    Task<Result<std::optional<Appointment>>> find_appointment(TenantScope scope, AppointmentId id) override {
        auto work = [&](Connection* c) { return find_one(c, scope.tenant(), id); };
        co_return co_await read<std::optional<Appointment>>(database_, of(scope), work);
    }

    Task<Result<std::vector<Appointment>>> waiting_appointments_of(TenantScope scope,
                                                                   PatientId patient) override {
        auto work = [&](Connection* c) { return find_waiting_of(c, scope.tenant(), patient); };
        co_return co_await read<std::vector<Appointment>>(database_, of(scope), work);
    }

    Task<Result<std::vector<Appointment>>> list_waiting_appointments(TenantScope scope,
                                                                     unsigned limit) override {
        auto work = [&](Connection* c) { return list_waiting(c, scope.tenant(), limit); };
        co_return co_await read<std::vector<Appointment>>(database_, of(scope), work);
    }

    Task<Result<std::vector<DueAppointment>>> claim_appointments(Instant now, Instant lease_until,
                                                                 unsigned limit) override {
        auto work = [=](Connection* c) { return claim(c, now, lease_until, limit); };
        co_return co_await write<std::vector<DueAppointment>>(database_, across_tenants(), work);
    }

    Task<Result<FailedMessage>> note_failure(FailedMessage message, unsigned most) override {
        auto work = [&](Connection* c) { return note(c, message, most); };
        co_return co_await write<FailedMessage>(database_, across_tenants(), work);
    }

    Task<Result<void>> forget_failure(std::string place) override {
        auto work = [&](Connection* c) -> Result<void> {
            c->execute(Sql::forget_inbox_failure, place);
            return {};
        };
        co_return co_await write<void>(database_, across_tenants(), work);
    }

    Task<Result<std::vector<FailedMessage>>> list_failures(unsigned limit) override {
        auto work = [=](Connection* c) { return list_failed(c, limit); };
        co_return co_await read<std::vector<FailedMessage>>(database_, across_tenants(), work);
    }

    Task<Result<unsigned>> replay_failures(std::optional<std::string> place, Instant now) override {
        auto work = [&](Connection* c) { return replay(c, place, now); };
        co_return co_await write<unsigned>(database_, across_tenants(), work);
    }

    Task<Result<std::vector<HeldMessage>>> claim_failures_to_replay(Instant now, Instant held_until,
                                                                    unsigned limit) override {
        auto work = [=](Connection* c) { return claim_replays(c, now, held_until, limit); };
        co_return co_await write<std::vector<HeldMessage>>(database_, across_tenants(), work);
    }

    Task<Result<void>> put_off_replays(std::vector<HeldMessage> messages, Instant at) override {
        auto work = [&](Connection* c) -> Result<void> {
            for (const auto& [message, held_until] : messages)
                c->execute(Sql::put_off_inbox_replay, message.tenant, message.place, held_until, at);
            return {};
        };
        co_return co_await write<void>(database_, across_tenants(), work);
    }

    Task<Result<std::vector<WrittenBar>>> barred_users_after(BarPlace last, unsigned limit) override {
        auto work = [&](Connection* c) { return read_barred(c, last, limit); };
        co_return co_await read<std::vector<WrittenBar>>(database_, across_tenants(), work);
    }

    Task<Result<InboxLengths>> lengths() override {
        auto work = [](Connection* c) { return read_lengths(c); };
        co_return co_await read<InboxLengths>(database_, across_tenants(), work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::InboxStore> make_inbox_store(Database* database) {
    return std::make_unique<SqlInboxStore>(database);
}

}  // namespace vcare::store
