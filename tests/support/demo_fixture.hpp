// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/http_client.hpp"
#include "support/process.hpp"

namespace vcare::support {

inline constexpr std::string_view base_path = "/api/v1/virtual-care";

/// `Authorization: Bearer …` and `Authorization: Visit …`.
[[nodiscard]] Headers bearer(const std::string& token);
[[nodiscard]] Headers visit(const std::string& credential);
[[nodiscard]] Headers with(Headers headers, const std::string& name, const std::string& value);

/// `{"version": 2}` and the like, for bodies of tests.
[[nodiscard]] boost::json::value json(std::string_view text);

/// RFC 3339, so many minutes from now.
[[nodiscard]] std::string minutes_from_now(int minutes);

struct DemoOptions {
    /// Tests are quicker than people.
    std::map<std::string, std::string> environment = {
        {"VCARE_LIMITS_REQUESTS_PER_CREDENTIAL_PER_SECOND", "0"},
        {"VCARE_LIMITS_REQUESTS_PER_TENANT_PER_SECOND", "0"}};
    std::vector<std::string> more_arguments = {};
    /// Without `--json`: what it tells people is on its standard output, and nothing is announced.
    bool tells_its_story = false;
};

/// `vcare demo` on a free port, in a folder of the test.
class Demo {
  public:
    /// Starts it and waits until it is ready; throws std::runtime_error with what it wrote when it is not.
    explicit Demo(std::filesystem::path data, DemoOptions options = {});

    /// SIGTERM, and the exit code.
    int terminate();
    /// SIGKILL.
    void kill() { process_.kill(); }
    /// Starts it again on the same folder and the same port.
    void start();

    [[nodiscard]] Process& process() { return process_; }
    [[nodiscard]] HttpClient client() const { return HttpClient{port_}; }
    [[nodiscard]] HttpClient admin_client() const { return HttpClient{admin_port_}; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::filesystem::path config() const { return data_ / "vcare.toml"; }
    [[nodiscard]] std::filesystem::path data() const { return data_; }
    [[nodiscard]] const boost::json::value& announced() const { return announced_; }
    /// What it told people until it was ready; the rest is on the standard output of its process.
    [[nodiscard]] const std::string& welcome() const { return welcome_; }
    [[nodiscard]] std::string tenant() const;
    [[nodiscard]] std::string session() const { return at(announced_, "/session/id"); }
    /// The bearer of `clinician`, `scheduler`, `tenant_admin` or `auditor`.
    [[nodiscard]] Headers staff(std::string_view role = "clinician") const;
    /// The code in the link of `patient` or `interpreter`.
    [[nodiscard]] std::string code(std::string_view who = "patient") const;
    /// Everything it wrote to standard error so far.
    [[nodiscard]] std::string log() const;

    /// Headers of somebody else: `vcare token staff` on this demo's configuration.
    [[nodiscard]] Headers token(const std::string& tenant, const std::string& sub,
                                const std::vector<std::string>& roles,
                                const std::vector<std::string>& more = {}) const;
    /// `vcare …` on this demo's configuration.
    [[nodiscard]] Finished command(std::vector<std::string> arguments) const;

  private:
    std::filesystem::path data_;
    DemoOptions options_;
    Process process_;
    void read_announcement();
    void read_welcome();
    boost::json::value announced_;
    std::string welcome_;
    std::uint16_t port_ = 0;
    std::uint16_t admin_port_ = 0;
};

/// `vcare serve` on a configuration that the test wrote; ready when it says so.
class Server {
  public:
    /// `more` is added to a configuration that keeps everything in `data`. On a free port, unless `port` says
    /// which.
    explicit Server(std::filesystem::path data, std::string more = {}, std::uint16_t port = 0);

    /// Comes back when it is ready; throws std::runtime_error when it ends instead.
    void start();
    /// Starts it and does not wait.
    void launch();
    [[nodiscard]] bool is_ready() const;
    int terminate();
    void kill() { process_.kill(); }
    void pause() const;  ///< it stands still: SIGSTOP
    void go_on() const;  ///< SIGCONT

    [[nodiscard]] Process& process() { return process_; }
    [[nodiscard]] int process_id() const { return process_.id(); }
    [[nodiscard]] HttpClient client() const { return HttpClient{port_}; }
    [[nodiscard]] HttpClient admin_client() const { return HttpClient{admin_port_}; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Of this one alone: replicas share `data`.
    [[nodiscard]] std::filesystem::path config() const {
        return data_ / ("vcare-" + std::to_string(port_) + ".toml");
    }
    [[nodiscard]] std::filesystem::path data() const { return data_; }
    [[nodiscard]] std::string log() const { return read_text(data_ / "stderr.log"); }
    [[nodiscard]] Headers token(const std::string& tenant, const std::string& sub,
                                const std::vector<std::string>& roles,
                                const std::vector<std::string>& more = {}) const;
    [[nodiscard]] Finished command(std::vector<std::string> arguments) const;

  private:
    std::filesystem::path data_;
    Process process_;
    std::uint16_t port_ = 0;
    std::uint16_t admin_port_ = 0;
};

/// A visit that a test books for itself, as the clinician of the demo.
struct BookedVisit {
    std::string session;
    std::string patient;   ///< participant
    std::string provider;  ///< participant
    std::uint64_t version = 1;
};
BookedVisit book(HttpClient& client, const Headers& staff, const std::string& patient_id,
                 const std::string& more_json = "{}");
/// The code of a fresh join link.
[[nodiscard]] std::string link_code(HttpClient& client, const Headers& staff, const std::string& session,
                                    const std::string& participant);
/// Joins with a code; answers the whole response.
HttpResponse join(HttpClient& client, const std::string& code, const std::string& consents_json = "[]",
                  Headers headers = {});
/// The telehealth consent of a patient, recorded by staff.
void give_consent(HttpClient& client, const Headers& staff, const std::string& patient_id);
/// The session's version now.
[[nodiscard]] std::uint64_t version_of(HttpClient& client, const Headers& staff, const std::string& session);

}  // namespace vcare::support
