// SPDX-License-Identifier: Apache-2.0
#include "support/demo_fixture.hpp"

#include <csignal>
#include <stdexcept>
#include <thread>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "domain/time.hpp"
#include "support/free_port.hpp"
#include "support/store_of_test.hpp"

namespace vcare::support {
namespace {

constexpr seconds start_limit{120};
constexpr seconds patience_of_a_probe{10};

std::uint16_t port_of(const std::string& url) {
    return static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
}

Headers ask_for_token(const std::filesystem::path& config, const std::string& tenant, const std::string& sub,
                      const std::vector<std::string>& roles, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {vcare_binary(), "token", "staff", "--config", config.string(),
                                          "--tenant",     tenant,  "--sub", sub};
    for (const std::string& role : roles) arguments.insert(arguments.end(), {"--role", role});
    arguments.insert(arguments.end(), more.begin(), more.end());
    Finished finished = run(arguments, store_environment(config.parent_path()));
    if (finished.exit_code != 0) throw std::runtime_error{"no token: " + finished.error};
    finished.output.erase(finished.output.find_last_not_of('\n') + 1);
    return bearer(finished.output);
}

Finished run_command(std::vector<std::string> arguments, const std::filesystem::path& config) {
    arguments.insert(arguments.begin(), vcare_binary());
    arguments.insert(arguments.end(), {"--config", config.string()});
    return run(arguments, store_environment(config.parent_path()));
}

/// A run that is meant for PostgreSQL and NATS must not pass on a file and in the process.
void expect_backends(const std::filesystem::path& config, HttpClient client) {
    const bool has_own_server = read_text(config).find("postgresql://") != std::string::npos;
    const bool is_in_file = std::filesystem::exists(config.parent_path() / "vcare.db");
    if (is_in_file == (is_on_postgres() || has_own_server))
        throw std::runtime_error{"the store is elsewhere"};
    const std::string ready = client.get("/health/ready").body;
    const bool has_broker = ready.find(R"("name":"broker")") != std::string::npos;
    const bool is_as_asked = read_text(config).find("events.url = \"inproc:\"") != std::string::npos;
    if (is_on_postgres() && !has_broker && !is_as_asked)
        throw std::runtime_error{"its events stay in the process"};
}

}  // namespace

Headers bearer(const std::string& token) {
    return {{"Authorization", "Bearer " + token}};
}
Headers visit(const std::string& credential) {
    return {{"Authorization", "Visit " + credential}};
}
Headers with(Headers headers, const std::string& name, const std::string& value) {
    headers.emplace_back(name, value);
    return headers;
}
boost::json::value json(std::string_view text) {
    return boost::json::parse(text);
}

std::string minutes_from_now(int minutes) {
    const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
    return domain::to_rfc3339(now + std::chrono::minutes{minutes});
}

Demo::Demo(std::filesystem::path data, DemoOptions options)
    : data_(std::move(data)), options_(std::move(options)), port_(free_port()) {
    start();
}

void Demo::start() {
    std::vector<std::string> arguments = {vcare_binary(),        "demo",   "--port",
                                          std::to_string(port_), "--data", data_.string()};
    if (!options_.tells_its_story) arguments.emplace_back("--json");
    arguments.insert(arguments.end(), options_.more_arguments.begin(), options_.more_arguments.end());
    std::filesystem::create_directories(data_);
    std::map<std::string, std::string> environment = store_environment(data_);
    if (const std::string url = events_url(data_); !url.empty()) environment["VCARE_EVENTS_URL"] = url;
    environment.insert(options_.environment.begin(), options_.environment.end());
    process_ = Process::start(arguments, {std::move(environment), data_ / "stderr.log"});
    if (options_.tells_its_story) {
        read_welcome();
    } else {
        read_announcement();
    }
    expect_backends(config(), client());
}

void Demo::read_announcement() {
    const auto line = process_.read_line(start_limit);
    if (!line) throw std::runtime_error{"vcare demo is not ready:\n" + log()};
    announced_ = json(*line);
    port_ = port_of(at(announced_, "/baseUrl"));
    admin_port_ = port_of(at(announced_, "/adminUrl"));
}

void Demo::read_welcome() {
    const std::string begins = "Metrics at ";
    while (admin_port_ == 0) {
        const auto line = process_.read_line(start_limit);
        if (!line) throw std::runtime_error{"vcare demo is not ready:\n" + log()};
        welcome_ += *line + "\n";
        const auto found = line->find(begins);
        if (found == std::string::npos) continue;
        const std::string url = line->substr(found + begins.size());
        admin_port_ = port_of(url.substr(0, url.find("/metrics")));
    }
}

std::string Demo::tenant() const {
    return options_.tells_its_story ? "demo-clinic" : at(announced_, "/tenantId");
}

int Demo::terminate() {
    process_.signal(SIGTERM);
    return process_.wait(seconds{120}).value_or(-1);
}

Headers Demo::staff(std::string_view role) const {
    return bearer(at(announced_, "/staffTokens/" + std::string{role}));
}

std::string Demo::code(std::string_view who) const {
    const std::string link = at(announced_, "/links/" + std::string{who});
    return link.substr(link.find('#') + 1);
}

std::string Demo::log() const {
    return read_text(data_ / "stderr.log");
}

Headers Demo::token(const std::string& tenant, const std::string& sub, const std::vector<std::string>& roles,
                    const std::vector<std::string>& more) const {
    return ask_for_token(config(), tenant, sub, roles, more);
}

Finished Demo::command(std::vector<std::string> arguments) const {
    return run_command(std::move(arguments), config());
}

Server::Server(std::filesystem::path data, std::string more, std::uint16_t port)
    : data_(std::move(data)), port_(port != 0 ? port : free_port()), admin_port_(free_port()) {
    const std::string main = "127.0.0.1:" + std::to_string(port_);
    // Tests are quicker than people, unless they are about that.
    for (const char* name :
         {"limits.requests_per_credential_per_second", "limits.requests_per_tenant_per_second"}) {
        const std::string limit = name;
        if (more.find(limit) == std::string::npos) more.insert(0, limit + " = 0\n");
    }
    if (const std::string url = events_url(data_);
        !url.empty() && more.find("events.url") == std::string::npos)
        more.insert(0, "events.url = \"" + url + "\"\n");
    if (more.find("server.public_url") == std::string::npos)
        more.insert(0, "server.public_url = \"http://" + main + "\"\n");
    write_text(config(), "server.listen = \"" + main + "\"\nserver.admin_listen = \"127.0.0.1:" +
                             std::to_string(admin_port_) + "\"\n" + more);
    start();
}

void Server::launch() {
    process_ = Process::start({vcare_binary(), "serve", "--config", config().string()},
                              {store_environment(data_), data_ / "stderr.log"});
}

bool Server::is_ready() const {
    // The operators' listener speaks plainly, also where the main one speaks TLS.
    const auto answer =
        HttpClient{admin_port_, patience_of_a_probe}.try_send({"GET", "/health/ready", {}, {}});
    return answer && answer->status == 200;
}

void Server::start() {
    launch();
    const auto deadline = std::chrono::steady_clock::now() + start_limit;
    while (std::chrono::steady_clock::now() < deadline) {
        if (is_ready()) return expect_backends(config(), admin_client());
        // Nothing announces that a port opens: ask again shortly, unless it has ended already.
        if (process_.wait(milliseconds{5})) break;
    }
    throw std::runtime_error{"vcare serve is not ready:\n" + log()};
}

void Server::pause() const {
    process_.signal(SIGSTOP);
}
void Server::go_on() const {
    process_.signal(SIGCONT);
}

int Server::terminate() {
    process_.signal(SIGTERM);
    return process_.wait(seconds{120}).value_or(-1);
}

Headers Server::token(const std::string& tenant, const std::string& sub,
                      const std::vector<std::string>& roles, const std::vector<std::string>& more) const {
    return ask_for_token(config(), tenant, sub, roles, more);
}

Finished Server::command(std::vector<std::string> arguments) const {
    return run_command(std::move(arguments), config());
}

BookedVisit book(HttpClient& client, const Headers& staff, const std::string& patient_id,
                 const std::string& more_json) {
    boost::json::object body = json(more_json).as_object();
    body["patientId"] = patient_id;
    if (!body.contains("scheduledStart")) body["scheduledStart"] = minutes_from_now(5);
    const HttpResponse created = client.post(std::string{base_path} + "/sessions", body, staff);
    if (created.status != 201) throw std::runtime_error{"not booked: " + created.body};

    BookedVisit booked;
    booked.session = created.at("/id");
    booked.version = std::stoull(created.at("/version"));
    const boost::json::value answer = created.json();
    for (const auto& participant : answer.at("participants").as_array()) {
        if (at(participant, "/role") == "patient") booked.patient = at(participant, "/id");
        if (at(participant, "/role") == "provider") booked.provider = at(participant, "/id");
    }
    return booked;
}

std::string link_code(HttpClient& client, const Headers& staff, const std::string& session,
                      const std::string& participant) {
    const HttpResponse issued = client.post(
        std::string{base_path} + "/sessions/" + session + "/participants/" + participant + "/join-token", {},
        staff);
    const std::string url = issued.at("/joinUrl");
    if (issued.status != 200 || url.empty()) throw std::runtime_error{"no link: " + issued.body};
    return url.substr(url.find('#') + 1);
}

HttpResponse join(HttpClient& client, const std::string& code, const std::string& consents_json,
                  Headers headers) {
    const boost::json::object body{{"token", code}, {"consents", json(consents_json)}};
    return client.post(std::string{base_path} + "/visit/join", body, std::move(headers));
}

void give_consent(HttpClient& client, const Headers& staff, const std::string& patient_id) {
    const boost::json::object body{{"patientId", patient_id}, {"type", "telehealth"}, {"method", "verbal"}};
    const HttpResponse recorded = client.post(std::string{base_path} + "/consents", body, staff);
    if (recorded.status != 201) throw std::runtime_error{"no consent: " + recorded.body};
}

std::uint64_t version_of(HttpClient& client, const Headers& staff, const std::string& session) {
    return std::stoull(client.get(std::string{base_path} + "/sessions/" + session, staff).at("/version"));
}

}  // namespace vcare::support
