// SPDX-License-Identifier: Apache-2.0
// Thousands of live event streams against a running service, from one thread:
//   bench_streams prepare PORT TOKENS VISITS COUNT    makes COUNT waiting patients, a line of VISITS each
//   bench_streams visits  PORT TOKENS VISITS PID      opens a stream for each, then admits some of them
//   bench_streams feeds   PORT TOKENS COUNT PID       opens COUNT staff feeds, then makes a visit
// TOKENS has a bearer of an own clinic in each line. What was measured is printed as one JSON object.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <fstream>
#include <mutex>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "http_client.hpp"

namespace vcare::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::string_view base = "/api/v1/virtual-care";
constexpr unsigned preparing_threads = 64;
constexpr std::size_t opening_at_once = 256;
constexpr std::size_t admissions = 200;
constexpr std::chrono::seconds patience{60};

double ms_since(Steady::time_point start) {
    return std::chrono::duration<double, std::milli>(Steady::now() - start).count();
}

std::string at(const boost::json::value& value, std::string_view pointer) {
    boost::system::error_code error;
    const auto* found = value.find_pointer(pointer, error);
    if (found == nullptr) throw std::runtime_error(fmt::format("an answer lacks {}", pointer));
    if (const auto* text = found->if_string()) return {text->data(), text->size()};
    return boost::json::serialize(*found);
}

std::vector<std::string> lines_of(const std::string& file) {
    std::ifstream stream{file};
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    if (lines.empty()) throw std::runtime_error(file + " is empty");
    return lines;
}

std::string bearer(const std::string& token) {
    return "Bearer " + token;
}

std::string body_of_new_visit(std::size_t number) {
    using namespace std::chrono;
    const auto today = floor<days>(system_clock::now());
    const year_month_day date{today};
    const hh_mm_ss time{floor<seconds>(system_clock::now() - today)};
    return fmt::format(R"({{"patientId": "pat-{}", "scheduledStart": "{:04}-{:02}-{:02}T{:02}:{:02}:00Z"}})",
                       number, static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()), time.hours().count(), time.minutes().count());
}

/// A patient in the waiting room.
struct Visit {
    std::size_t clinic = 0;
    std::string session;
    std::string patient;
    std::string provider;
    std::string credential;
};

struct People {
    std::string provider;
    std::string patient;
};
People people_of(const boost::json::value& session) {
    People people;
    for (const auto& person : session.at("participants").as_array()) {
        if (at(person, "/role") == "provider") people.provider = at(person, "/id");
        if (at(person, "/role") == "patient") people.patient = at(person, "/id");
    }
    return people;
}

Visit make_visit(HttpClient& client, const std::vector<std::string>& tokens, std::size_t number) {
    Visit visit{.clinic = number % tokens.size()};
    const auto staff = bearer(tokens[visit.clinic]);
    (void)client.send({.method = "POST",
                       .path = fmt::format("{}/consents", base),
                       .authorization = staff,
                       .body = fmt::format(
                           R"({{"patientId": "pat-{}", "type": "telehealth", "method": "verbal"}})", number)},
                      201);
    const auto sessions = fmt::format("{}/sessions", base);
    const auto created = boost::json::parse(client.send(
        {.method = "POST", .path = sessions, .authorization = staff, .body = body_of_new_visit(number)},
        201));
    visit.session = at(created, "/id");
    const auto people = people_of(created);
    visit.patient = people.patient;
    visit.provider = people.provider;
    const auto link = boost::json::parse(client.send(
        {.method = "POST",
         .path = fmt::format("{}/{}/participants/{}/join-token", sessions, visit.session, visit.patient),
         .authorization = staff,
         .body = "{}"},
        200));
    const auto joined =
        boost::json::parse(client.send({.method = "POST",
                                        .path = fmt::format("{}/visit/join", base),
                                        .body = fmt::format(R"({{"token": "{}"}})", at(link, "/token"))},
                                       200));
    visit.credential = at(joined, "/credential");
    return visit;
}

void prepare(std::uint16_t port, const std::vector<std::string>& tokens, const std::string& file,
             std::size_t count) {
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::ofstream out{file};
    std::string problem;
    const auto work = [&] {
        try {
            HttpClient client{port};
            for (auto number = next++; number < count; number = next++) {
                const auto visit = make_visit(client, tokens, number);
                const std::lock_guard lock{mutex};
                out << visit.clinic << ' ' << visit.session << ' ' << visit.patient << ' ' << visit.provider
                    << ' ' << visit.credential << '\n';
            }
        } catch (const std::exception& exception) {
            const std::lock_guard lock{mutex};
            problem = exception.what();
            next = count;
        }
    };
    const auto start = Steady::now();
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < preparing_threads; ++i) threads.emplace_back(work);
    }
    if (!problem.empty()) throw std::runtime_error(problem);
    fmt::print("{{\"visits\": {}, \"seconds\": {:.3f}}}\n", count, ms_since(start) / 1000);
}

std::vector<Visit> read_visits(const std::string& file) {
    std::vector<Visit> visits;
    for (const auto& line : lines_of(file)) {
        std::istringstream words{line};
        Visit visit;
        words >> visit.clinic >> visit.session >> visit.patient >> visit.provider >> visit.credential;
        visits.push_back(std::move(visit));
    }
    return visits;
}

/// Many streams, read by whoever waits for something on them.
class Streams {
  public:
    explicit Streams(std::uint16_t port) : port_(port), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}
    ~Streams() {
        for (const auto& stream : streams_) ::close(stream.socket);
        ::close(epoll_);
    }
    Streams(const Streams&) = delete;
    Streams& operator=(const Streams&) = delete;

    /// The number of the new stream.
    std::size_t open(const std::string& path, const std::string& authorization) {
        const int socket = connect_to(port_);
        write_all(socket, to_wire({.path = path, .authorization = authorization}));
        epoll_event event{.events = EPOLLIN, .data = {.u64 = streams_.size()}};
        if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0) throw std::runtime_error("epoll_ctl");
        streams_.push_back({.socket = socket});
        return streams_.size() - 1;
    }

    /// Reads until at most `waiting` streams have not had the line that `expect` told them to.
    void wait_until_left(std::size_t waiting) {
        const auto start = Steady::now();
        std::array<epoll_event, 512> events{};
        while (expected_ > waiting) {
            const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 1000);
            for (int i = 0; i < count; ++i) read(streams_[events[static_cast<std::size_t>(i)].data.u64]);
            if (Steady::now() - start > patience)
                throw std::runtime_error(fmt::format("{} streams did not get their event", expected_));
        }
    }
    void expect(std::size_t stream, std::string_view line) {
        streams_[stream].expected = line;
        ++expected_;
    }
    /// Takes whatever else arrives until nothing has for a while.
    void settle() {
        std::array<epoll_event, 512> events{};
        for (int count = 1; count > 0;) {
            count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 500);
            for (int i = 0; i < count; ++i) read(streams_[events[static_cast<std::size_t>(i)].data.u64]);
        }
    }
    [[nodiscard]] std::size_t size() const { return streams_.size(); }

  private:
    struct Stream {
        int socket;
        std::string_view expected = {};
        std::string unread = {};
    };

    void read(Stream& stream) {
        std::array<char, std::size_t{16} * 1024> bytes{};
        const auto count = ::recv(stream.socket, bytes.data(), bytes.size(), 0);
        if (count <= 0) throw std::runtime_error("the service closed a stream");
        stream.unread.append(bytes.data(), static_cast<std::size_t>(count));
        if (stream.unread.starts_with("HTTP/1.1 ") && !stream.unread.starts_with("HTTP/1.1 200"))
            throw std::runtime_error("a stream was refused: " + stream.unread);
        if (!stream.expected.empty() && stream.unread.find(stream.expected) != std::string::npos) {
            stream.expected = {};
            --expected_;
        }
        const auto end = stream.unread.rfind("\n\n");
        if (stream.expected.empty()) {
            stream.unread = {};
        } else if (end != std::string::npos) {
            stream.unread.erase(0, end + 2);
        }
    }

    std::uint16_t port_;
    int epoll_;
    std::vector<Stream> streams_;
    std::size_t expected_ = 0;
};

/// KiB of the process that are in memory.
double resident_kib(const std::string& pid) {
    std::ifstream status{"/proc/" + pid + "/status"};
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) return std::stod(line.substr(6));
    }
    throw std::runtime_error("no process " + pid);
}

/// KiB that the kernel keeps for itself and cannot give back.
double kernel_kib() {
    std::ifstream meminfo{"/proc/meminfo"};
    for (std::string line; std::getline(meminfo, line);) {
        if (line.starts_with("SUnreclaim:")) return std::stod(line.substr(11));
    }
    return 0;
}

struct Memory {
    double service_kib = 0;
    double kernel_kib = 0;
};
Memory memory_of(const std::string& pid) {
    return {resident_kib(pid), kernel_kib()};
}

double percentile_99(std::vector<double> values) {
    std::ranges::sort(values);
    return values.at(values.size() * 99 / 100);
}

void allow_many_sockets() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// From the admission being sent to its frame being read; the answer is waited for in between.
double admit(Streams& streams, HttpClient& client, const std::string& staff, std::size_t number,
             const Visit& visit) {
    const auto session = fmt::format("{}/sessions/{}", base, visit.session);
    const auto join = fmt::format("{}/participants/{}/join", session, visit.provider);
    (void)client.send({.method = "POST", .path = join, .authorization = staff, .body = "{}"}, 200);
    const auto now = boost::json::parse(client.send({.path = session, .authorization = staff}, 200));
    const auto path = fmt::format("{}/participants/{}/admit", session, visit.patient);
    const auto body = fmt::format(R"({{"version": {}}})", at(now, "/version"));
    streams.expect(number, "event: admitted");
    const auto start = Steady::now();
    (void)client.send({.method = "POST", .path = path, .authorization = staff, .body = body}, 200);
    streams.wait_until_left(0);
    return ms_since(start);
}

void measure_visits(std::uint16_t port, const std::vector<std::string>& tokens, const std::string& file,
                    const std::string& pid) {
    const auto visits = read_visits(file);
    Streams streams{port};
    const auto path = fmt::format("{}/visit/events", base);
    const auto open = [&](const Visit& visit) {
        const auto number = streams.open(path, "Visit " + visit.credential);
        streams.expect(number, "event: state");
        streams.wait_until_left(opening_at_once);
    };
    // What one stream and the first admission need once belongs to the service, not to the streams.
    open(visits.front());
    streams.wait_until_left(0);
    const auto before = memory_of(pid);
    const auto start = Steady::now();
    for (std::size_t i = 1; i < visits.size(); ++i) open(visits[i]);
    streams.wait_until_left(0);
    const auto opened_ms = ms_since(start);
    streams.settle();
    const auto after = memory_of(pid);

    HttpClient client{port};
    std::vector<double> latencies;
    const auto step = std::max<std::size_t>(visits.size() / admissions, 1);
    for (std::size_t i = 0; i < visits.size(); i += step)
        latencies.push_back(admit(streams, client, bearer(tokens[visits[i].clinic]), i, visits[i]));
    const auto count = static_cast<double>(visits.size() - 1);
    fmt::print(
        "{{\"streams\": {}, \"opened_seconds\": {:.3f}, \"service_kib_each\": {:.3f}, "
        "\"kernel_kib_each\": {:.3f}, \"admit_p99_ms\": {:.3f}, \"admissions\": {}}}\n",
        visits.size(), opened_ms / 1000, (after.service_kib - before.service_kib) / count,
        (after.kernel_kib - before.kernel_kib) / count, percentile_99(latencies), latencies.size());
}

void measure_feeds(std::uint16_t port, const std::vector<std::string>& tokens, std::size_t count,
                   const std::string& pid) {
    const auto staff = bearer(tokens.front());
    const auto path = fmt::format("{}/events", base);
    Streams streams{port};
    const auto before = memory_of(pid);
    HttpClient client{port};
    for (std::size_t i = 0; i < count; ++i) {
        const auto number = streams.open(path, staff);
        streams.expect(number, "HTTP/1.1 200");
        streams.wait_until_left(opening_at_once);
    }
    streams.wait_until_left(0);
    const auto after = memory_of(pid);
    for (std::size_t i = 0; i < count; ++i) streams.expect(i, "event: virtual_care.session.created.v1");
    const auto start = Steady::now();
    (void)client.send({.method = "POST",
                       .path = fmt::format("{}/sessions", base),
                       .authorization = staff,
                       .body = body_of_new_visit(0)},
                      201);
    streams.wait_until_left(0);
    fmt::print("{{\"feeds\": {}, \"service_kib_each\": {:.3f}, \"all_told_ms\": {:.3f}}}\n", count,
               (after.service_kib - before.service_kib) / static_cast<double>(count), ms_since(start));
}

void run(const std::vector<std::string>& arguments) {
    if (arguments.size() != 6) throw std::runtime_error("usage: bench_streams prepare|visits|feeds …");
    allow_many_sockets();
    const auto port = static_cast<std::uint16_t>(std::stoul(arguments[2]));
    const auto tokens = lines_of(arguments[3]);
    if (arguments[1] == "prepare") {
        prepare(port, tokens, arguments[4], std::stoul(arguments[5]));
    } else if (arguments[1] == "visits") {
        measure_visits(port, tokens, arguments[4], arguments[5]);
    } else {
        measure_feeds(port, tokens, std::stoul(arguments[4]), arguments[5]);
    }
}

}  // namespace
}  // namespace vcare::bench

int main(int argc, char** argv) {
    try {
        vcare::bench::run({argv, argv + argc});
    } catch (const std::exception& problem) {
        fmt::print(stderr, "bench_streams: {}\n", problem.what());
        return 1;
    }
    return 0;
}
