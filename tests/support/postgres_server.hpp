// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "support/certificates.hpp"
#include "support/process.hpp"

namespace vcare::support {

struct PostgresServerOptions {
    bool durable = false;                         ///< commits are synced, for tests that kill the server
    std::optional<Certificate> certificate = {};  ///< speaks TLS with it, to whoever wants to
};

/// A PostgreSQL server of the test's own, in a temporary folder on a free port of the loopback. Runs as an
/// unprivileged user, which the server insists on.
class PostgresServer {
  public:
    /// Throws when it does not come up.
    explicit PostgresServer(PostgresServerOptions options = {});
    ~PostgresServer();
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    /// The owner of everything, for migrations and for looking behind the service's back.
    [[nodiscard]] std::string owner_url(const std::string& database) const;
    /// The service's login, once `let_service_in` was called: it owns nothing, and is no superuser.
    [[nodiscard]] std::string service_url(const std::string& database) const;

    /// Makes the service's login, which may take on the service's two roles.
    void let_service_in();
    void create_database(const std::string& name, const std::string& like = "template1");
    void drop_database(const std::string& name);

    /// Makes a database with the service's tables (`vcare migrate`), and lets the service in.
    void create_service_database(const std::string& name);

    /// Runs SQL as the owner; throws with what the server said. Gives the first column of the first row.
    std::string run(const std::string& database, const std::string& sql);

    void kill();         ///< SIGKILL to the whole server
    void pause() const;  ///< every process of it stands still: SIGSTOP
    void go_on() const;  ///< SIGCONT
    void stop();         ///< in order, with open connections cut
    void start();        ///< again, on the same port and data
    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    TempFolder folder_;
    PostgresServerOptions options_;
    std::uint16_t port_ = 0;
    Process server_;
};

}  // namespace vcare::support
