// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "support/demo_fixture.hpp"

namespace vcare::support {

/// How far a session has come, so that two states can be compared: only more, never less. -1: none of these.
[[nodiscard]] int progress_of(const std::string& status);

/// What the service has said yes to, and what it has not answered. Shared by the threads of a load; read when
/// they are over.
class Ledger {
  public:
    struct Known {
        std::uint64_t version = 0;
        std::string status = "scheduled";
    };

    void acknowledged(const std::string& session, const std::string& status, std::uint64_t version);
    /// A command was, under this Idempotency-Key.
    void acknowledged(const std::string& key);
    void unanswered(HttpRequest request);
    [[nodiscard]] std::vector<HttpRequest> take_unanswered();

    [[nodiscard]] const std::map<std::string, Known>& sessions() const { return sessions_; }
    [[nodiscard]] const std::set<std::string>& keys() const { return keys_; }
    /// How many commands were acknowledged; at any time.
    [[nodiscard]] int answers() const { return answers_; }

  private:
    std::mutex mutex_;
    std::map<std::string, Known> sessions_;
    std::set<std::string> keys_;
    std::vector<HttpRequest> unanswered_;
    std::atomic<int> answers_ = 0;
};

/// One visit, step by step, as a clinic and a patient take them. Every command has an Idempotency-Key, so
/// that one without an answer can be asked again; every answer goes into the ledger.
class DrivenVisit {
  public:
    /// Sends a command and answers what came back; nothing when the visit cannot go on.
    using Send = std::function<std::optional<HttpResponse>(const HttpRequest&)>;

    DrivenVisit(Send send, Headers staff, std::string patient, Ledger& ledger)
        : send_(std::move(send)), staff_(std::move(staff)), patient_(std::move(patient)), ledger_(ledger) {}

    // Each true when the service said yes.
    bool give_consent();
    bool book();
    bool bring_patient();   ///< with a link of their own, into the waiting room
    bool bring_provider();  ///< who admits and ends
    bool admit();
    bool end();
    bool cancel();            ///< before the patient was admitted
    bool withdraw_consent();  ///< by the patient, in the visit
    /// All of it, from consent to end.
    bool hold();

    [[nodiscard]] const std::string& patient() const { return patient_; }
    [[nodiscard]] const std::string& session() const { return session_; }
    /// What the last step was answered.
    [[nodiscard]] const std::optional<HttpResponse>& last_answer() const { return last_answer_; }

  private:
    bool command(const std::string& path, const boost::json::object& body, const std::string& step,
                 Headers headers);
    void note_session();

    Send send_;
    Headers staff_;
    std::string patient_;
    Ledger& ledger_;
    std::string session_;
    std::string patient_seat_;
    std::string provider_seat_;
    Headers credential_;
    std::string text_version_;
    std::string version_;
    std::optional<HttpResponse> last_answer_;
};

}  // namespace vcare::support
