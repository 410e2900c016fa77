// SPDX-License-Identifier: Apache-2.0
#include "support/consent_owner.hpp"

#include <sstream>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "support/demo_fixture.hpp"

namespace vcare::support {
namespace {

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

std::filesystem::path journal_in(const TempFolder& folder) {
    return folder.path() / "journal.ndjson";
}

}  // namespace

ConsentOwner::ConsentOwner(ConsentOwnerOptions options)
    : token_(std::move(options.token)),
      server_({.script = "tests/support/consent_owner.mjs",
               .arguments = {journal_in(folder_).string(), "--token", token_},
               .certificate = std::move(options.certificate)}) {
    start();
}

bool ConsentOwner::grant(const std::string& tenant, const std::string& patient) const {
    return record(tenant, patient, "granted");
}
bool ConsentOwner::withdraw(const std::string& tenant, const std::string& patient) const {
    return record(tenant, patient, "withdrawn");
}

bool ConsentOwner::record(const std::string& tenant, const std::string& patient,
                          const std::string& status) const {
    const boost::json::object record{{"id", "at-the-owner"},
                                     {"tenantId", tenant},
                                     {"patientId", patient},
                                     {"type", "telehealth"},
                                     {"status", status}};
    const auto answer = server_.client(patience).try_send(
        {"POST", "/consents", with(bearer(token_), "Content-Type", "application/json"), serialize(record)});
    return answer && answer->status == 201;
}

std::vector<OwnerLine> ConsentOwner::journal() const {
    std::istringstream text{read_text(journal_in(folder_))};
    std::vector<OwnerLine> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(parse_line(line));
    return lines;
}

}  // namespace vcare::support
