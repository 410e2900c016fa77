// SPDX-License-Identifier: Apache-2.0
#include "chaos/consent_owner.hpp"

#include <csignal>
#include <sstream>
#include <stdexcept>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "support/free_port.hpp"
#include "support/http_client.hpp"

namespace vcare::chaos {
namespace {

using support::at;
using support::seconds;

constexpr seconds start_limit{60};
constexpr seconds patience{2};

OwnerLine parse_line(const std::string& text) {
    const boost::json::value line = boost::json::parse(text);
    const bool is_record = at(line, "/kind") == "record";
    return {.kind = is_record ? OwnerLine::Kind::record : OwnerLine::Kind::said,
            .tenant = at(line, "/tenantId"),
            .patient = at(line, "/patientId"),
            .type = at(line, "/type"),
            .granted = at(line, is_record ? "/status" : "/decision") == "granted",
            .at = std::stoll(at(line, "/at"))};
}

}  // namespace

ConsentOwner::ConsentOwner() : port_(support::free_port()) {
    start();
}

void ConsentOwner::start() {
    const auto errors = folder_.path() / "errors";
    process_ = support::Process::start({"/usr/bin/env", "node", "tests/chaos/consent_owner.mjs",
                                        std::to_string(port_), folder_.path() / "journal.ndjson"},
                                       {.standard_error = errors});
    if (process_.read_line(start_limit) != "ready")
        throw std::runtime_error{"the owner of consents is not ready: " + support::read_text(errors)};
}

void ConsentOwner::pause() const {
    process_.signal(SIGSTOP);
}
void ConsentOwner::go_on() const {
    process_.signal(SIGCONT);
}

bool ConsentOwner::withdraw(const std::string& tenant, const std::string& patient) const {
    const boost::json::object record{{"id", "at-the-owner"},
                                     {"tenantId", tenant},
                                     {"patientId", patient},
                                     {"type", "telehealth"},
                                     {"status", "withdrawn"}};
    const auto answer = support::HttpClient{port_, patience}.try_send(
        {"POST", "/consents", {{"Content-Type", "application/json"}}, boost::json::serialize(record)});
    return answer && answer->status == 201;
}

std::vector<OwnerLine> ConsentOwner::journal() const {
    std::istringstream text{support::read_text(folder_.path() / "journal.ndjson")};
    std::vector<OwnerLine> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(parse_line(line));
    return lines;
}

}  // namespace vcare::chaos
