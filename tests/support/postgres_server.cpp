// SPDX-License-Identifier: Apache-2.0
#include "support/postgres_server.hpp"

#include <csignal>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

#include <libpq-fe.h>
#include <pwd.h>
#include <unistd.h>

#include "support/free_port.hpp"

namespace vcare::support {
namespace {

const std::filesystem::path programs = "/usr/lib/postgresql/15/bin";
constexpr seconds longest_start{60};

/// The words in front of a command that must not run as root; they end with the process, too.
std::vector<std::string> as_unprivileged_user() {
    if (::geteuid() != 0) return {};
    return {"/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=KILL"};
}

void give_to_unprivileged_user(const std::filesystem::path& folder) {
    if (::geteuid() != 0) return;
    const passwd* user = ::getpwnam("postgres");
    if (!user || ::chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0)
        throw std::runtime_error{"no user postgres to run the server as"};
}

std::vector<std::string> operator+(std::vector<std::string> first, const std::vector<std::string>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

/// Each connection is a process, in a group of its own.
std::vector<int> children_of(int pid) {
    const std::string process = std::to_string(pid);
    std::ifstream list{"/proc/" + process + "/task/" + process + "/children"};
    return {std::istream_iterator<int>{list}, {}};
}

using Connected = std::unique_ptr<PGconn, decltype([](PGconn* connection) { PQfinish(connection); })>;
using Answered = std::unique_ptr<PGresult, decltype([](PGresult* result) { PQclear(result); })>;

}  // namespace

PostgresServer::PostgresServer(PostgresServerOptions options)
    : options_(std::move(options)), port_(free_port()) {
    give_to_unprivileged_user(folder_.path());
    const std::string data = (folder_.path() / "data").string();
    const Finished made = support::run(
        as_unprivileged_user() + std::vector<std::string>{(programs / "initdb").string(), "-D", data, "-A",
                                                          "trust", "-U", "owner", "--no-instructions", "-E",
                                                          "UTF8", "--locale=C", "--no-sync"});
    if (made.exit_code != 0) throw std::runtime_error{"initdb: " + made.error};
    if (options_.certificate) {
        write_text(folder_.path() / "certificate.pem", options_.certificate->chain);
        write_text(folder_.path() / "key.pem", options_.certificate->key);
        std::filesystem::permissions(folder_.path() / "key.pem", std::filesystem::perms{0600});
        give_to_unprivileged_user(folder_.path() / "key.pem");
    }
    start();
}

PostgresServer::~PostgresServer() {
    kill();
}

void PostgresServer::start() {
    const std::string folder = folder_.path().string();
    std::vector<std::string> command = {(programs / "postgres").string(),
                                        "-D",
                                        folder + "/data",
                                        "-p",
                                        std::to_string(port_),
                                        "-c",
                                        "listen_addresses=127.0.0.1",
                                        "-c",
                                        "unix_socket_directories=" + folder,
                                        "-c",
                                        "shared_buffers=32MB",
                                        "-c",
                                        "max_connections=200",
                                        "-c",
                                        "log_statement=none"};
    if (options_.certificate)
        command.insert(command.end(), {"-c", "ssl=on", "-c", "ssl_cert_file=" + folder + "/certificate.pem",
                                       "-c", "ssl_key_file=" + folder + "/key.pem"});
    if (!options_.durable) command.insert(command.end(), {"-c", "fsync=off", "-c", "synchronous_commit=off"});
    const auto launch = [&] {
        server_ =
            Process::start(as_unprivileged_user() + command, {.standard_error = folder_.path() / "log"});
    };
    launch();
    const auto until = std::chrono::steady_clock::now() + longest_start;
    while (PQping(owner_url("postgres").c_str()) != PQPING_OK) {
        if (std::chrono::steady_clock::now() > until)
            throw std::runtime_error{"PostgreSQL did not start: " + read_text(folder_.path() / "log")};
        // One that was killed leaves children behind, for a moment, that keep a new one from its data.
        if (server_.wait(milliseconds{20})) launch();
    }
}

void PostgresServer::kill() {
    // All of it at once: a child that is left behind goes on to answer until it notices.
    server_.signal(SIGSTOP);  // first, so that it makes no more of them
    const std::vector<int> children = children_of(server_.id());
    server_.kill();
    for (const int child : children) ::kill(child, SIGKILL);
}

void PostgresServer::pause() const {
    server_.signal(SIGSTOP);  // first, so that it makes no more of them
    for (const int child : children_of(server_.id())) ::kill(child, SIGSTOP);
}

void PostgresServer::go_on() const {
    for (const int child : children_of(server_.id())) ::kill(child, SIGCONT);
    server_.signal(SIGCONT);
}

void PostgresServer::stop() {
    server_.signal(SIGINT);
    if (!server_.wait(longest_start)) throw std::runtime_error{"PostgreSQL did not stop"};
}

std::string PostgresServer::owner_url(const std::string& database) const {
    return "postgresql://owner@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

std::string PostgresServer::service_url(const std::string& database) const {
    return "postgresql://service@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

void PostgresServer::let_service_in() {
    run("postgres", "CREATE ROLE service LOGIN; GRANT vcare_app, vcare_worker TO service");
}

void PostgresServer::create_service_database(const std::string& name) {
    create_database(name);
    const TempFolder folder;
    const std::string config = folder.path() / "vcare.toml";
    write_text(config, "");
    const Finished migrated =
        support::run({vcare_binary(), "migrate", "--config", config}, {{"VCARE_STORE_URL", owner_url(name)}});
    if (migrated.exit_code != 0) throw std::runtime_error{"vcare migrate: " + migrated.error};
    let_service_in();
}

void PostgresServer::create_database(const std::string& name, const std::string& like) {
    run("postgres", "CREATE DATABASE " + name + " TEMPLATE " + like);
}

void PostgresServer::drop_database(const std::string& name) {
    run("postgres", "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
}

std::string PostgresServer::run(const std::string& database, const std::string& sql) {
    const Connected connection{PQconnectdb(owner_url(database).c_str())};
    if (PQstatus(connection.get()) != CONNECTION_OK)
        throw std::runtime_error{PQerrorMessage(connection.get())};
    const Answered answer{PQexec(connection.get(), sql.c_str())};
    const auto status = PQresultStatus(answer.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw std::runtime_error{PQerrorMessage(connection.get())};
    const bool has_row = PQntuples(answer.get()) > 0;
    return has_row ? PQgetvalue(answer.get(), 0, 0) : "";
}

}  // namespace vcare::support
