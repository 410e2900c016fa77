// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/postgres_listener.hpp"

#include <array>

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "adapters/store/postgres_link.hpp"

namespace vcare::store {
namespace {

constexpr int pause_ms = 1000;  // between two tries to connect

/// Whether anything was said since the last time.
bool take_notifications(PGconn* connection) {
    bool any = false;
    while (PGnotify* notification = PQnotifies(connection)) {
        PQfreemem(notification);
        any = true;
    }
    return any;
}

}  // namespace

PostgresListener::PostgresListener(std::function<PgHandle()> connect, std::function<void()> heard)
    : connect_(std::move(connect)),
      heard_(std::move(heard)),
      stop_signal_(::eventfd(0, EFD_CLOEXEC)),
      thread_([this](const std::stop_token& stopping) { run(stopping); }) {
}

PostgresListener::~PostgresListener() {
    thread_.request_stop();
    ::eventfd_write(stop_signal_, 1);
    thread_.join();
    ::close(stop_signal_);
}

void PostgresListener::run(const std::stop_token& stopping) {
    while (!stopping.stop_requested()) {
        if (const PgHandle connection = connect_()) {
            if (run_script(connection.get(), "LISTEN vcare_outbox").empty()) {
                heard_();  // whatever was said while nobody listened
                listen(connection.get(), stopping);
            }
        }
        pollfd stop{stop_signal_, POLLIN, 0};
        (void)::poll(&stop, 1, pause_ms);
    }
}

void PostgresListener::listen(pg_conn* connection, const std::stop_token& stopping) {
    while (!stopping.stop_requested()) {
        std::array<pollfd, 2> watched = {pollfd{PQsocket(connection), POLLIN, 0},
                                         pollfd{stop_signal_, POLLIN, 0}};
        (void)::poll(watched.data(), watched.size(), -1);
        if (PQconsumeInput(connection) == 0) return;
        if (take_notifications(connection)) heard_();
    }
}

}  // namespace vcare::store
