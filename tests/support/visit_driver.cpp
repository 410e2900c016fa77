// SPDX-License-Identifier: Apache-2.0
#include "support/visit_driver.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>

namespace vcare::support {
namespace {

const std::string api{base_path};

}  // namespace

int progress_of(const std::string& status) {
    static const std::map<std::string, int> order = {
        {"scheduled", 0}, {"waiting", 1}, {"active", 2}, {"ended", 3}, {"cancelled", 3}};
    const auto found = order.find(status);
    return found == order.end() ? -1 : found->second;
}

void Ledger::acknowledged(const std::string& session, const std::string& status, std::uint64_t version) {
    const std::lock_guard lock{mutex_};
    Known& known = sessions_[session];
    known.version = std::max(known.version, version);
    if (progress_of(status) > progress_of(known.status)) known.status = status;
}

void Ledger::acknowledged(const std::string& key) {
    const std::lock_guard lock{mutex_};
    keys_.insert(key);
    ++answers_;
}

void Ledger::unanswered(HttpRequest request) {
    const std::lock_guard lock{mutex_};
    unanswered_.push_back(std::move(request));
}

std::vector<HttpRequest> Ledger::take_unanswered() {
    const std::lock_guard lock{mutex_};
    return std::exchange(unanswered_, {});
}

bool DrivenVisit::give_consent() {
    const boost::json::object consent{{"patientId", patient_}, {"type", "telehealth"}, {"method", "paper"}};
    return command("/consents", consent, "consent", staff_);
}

bool DrivenVisit::book() {
    const boost::json::object visit{{"patientId", patient_}, {"scheduledStart", minutes_from_now(5)}};
    if (!command("/sessions", visit, "create", staff_)) return false;
    session_ = last_answer_->at("/id");
    const boost::json::value answer = last_answer_->json();
    for (const auto& seat : answer.at("participants").as_array())
        (at(seat, "/role") == "patient" ? patient_seat_ : provider_seat_) = at(seat, "/id");
    note_session();
    return true;
}

bool DrivenVisit::bring_patient() {
    if (!command("/sessions/" + session_ + "/participants/" + patient_seat_ + "/join-token", {}, "link",
                 staff_))
        return false;
    if (!command("/visit/join", {{"token", last_answer_->at("/token")}}, "join", {})) return false;
    credential_ = visit(last_answer_->at("/credential"));
    text_version_ = last_answer_->at("/visit/consents/0/textVersion");
    ledger_.acknowledged(session_, "waiting", 2);
    return true;
}

bool DrivenVisit::bring_provider() {
    if (!command("/sessions/" + session_ + "/participants/" + provider_seat_ + "/join", {}, "staff", staff_))
        return false;
    version_ = "3";
    ledger_.acknowledged(session_, "waiting", 3);
    return true;
}

bool DrivenVisit::admit() {
    if (!command("/sessions/" + session_ + "/participants/" + patient_seat_ + "/admit",
                 {{"version", std::stoll(version_)}}, "admit", staff_))
        return false;
    note_session();
    return true;
}

bool DrivenVisit::end() {
    if (!command("/sessions/" + session_ + "/end", {{"version", std::stoll(version_)}}, "end", staff_))
        return false;
    note_session();
    return true;
}

bool DrivenVisit::cancel() {
    if (!command("/sessions/" + session_ + "/cancel",
                 {{"version", std::stoll(version_)}, {"reason", "changed_mind"}}, "cancel", staff_))
        return false;
    note_session();
    return true;
}

bool DrivenVisit::withdraw_consent() {
    const boost::json::object withdrawn{
        {"type", "telehealth"}, {"decision", "withdrawn"}, {"textVersion", text_version_}};
    if (!command("/visit/consents", withdrawn, "withdraw", credential_)) return false;
    ledger_.acknowledged(session_, "ended", 5);
    return true;
}

bool DrivenVisit::hold() {
    return give_consent() && book() && bring_patient() && bring_provider() && admit() && end();
}

bool DrivenVisit::command(const std::string& path, const boost::json::object& body, const std::string& step,
                          Headers headers) {
    const std::string key = patient_ + "-" + step;
    headers.emplace_back("Content-Type", "application/json");
    headers.emplace_back("Idempotency-Key", key);
    last_answer_ = send_({"POST", api + path, std::move(headers), boost::json::serialize(body)});
    const bool is_done = last_answer_ && last_answer_->status < 300;
    if (is_done) ledger_.acknowledged(key);
    return is_done;
}

void DrivenVisit::note_session() {
    version_ = last_answer_->at("/version");
    ledger_.acknowledged(session_, last_answer_->at("/status"), std::stoull(version_));
}

}  // namespace vcare::support
