// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/node_server.hpp"

namespace vcare::support {

struct ConsentOwnerOptions {
    std::string token = {};                       ///< the bearer it wants; empty: none
    std::optional<Certificate> certificate = {};  ///< speaks TLS with it
};

/// A line of the journal of the owner of consents: what it took, or what it said.
struct OwnerLine {
    enum class Kind : std::uint8_t { record, said };
    Kind kind{};
    std::string tenant;
    std::string patient;
    std::string type;
    bool granted = false;
    std::int64_t at = 0;  ///< milliseconds since 1970, by the clock of this machine
};

/// The remote owner of consents (consent_owner.mjs), a process of its own that a kill makes forget nothing.
class ConsentOwner {
  public:
    explicit ConsentOwner(ConsentOwnerOptions options = {});

    /// Comes back when it answers; throws std::runtime_error when it does not.
    void start() { server_.start(); }
    void kill() { server_.kill(); }
    void pause() const { server_.pause(); }  ///< it stands still: SIGSTOP
    void go_on() const { server_.go_on(); }  ///< SIGCONT

    [[nodiscard]] std::uint16_t port() const { return server_.port(); }
    [[nodiscard]] std::string url() const { return server_.origin(); }
    /// The patient gives the telehealth consent to the owner itself, or takes it back, of which the service
    /// hears nothing. False when the owner is away.
    [[nodiscard]] bool grant(const std::string& tenant, const std::string& patient) const;
    [[nodiscard]] bool withdraw(const std::string& tenant, const std::string& patient) const;
    /// Everything in its journal, in its order.
    [[nodiscard]] std::vector<OwnerLine> journal() const;

  private:
    [[nodiscard]] bool record(const std::string& tenant, const std::string& patient,
                              const std::string& status) const;

    TempFolder folder_;
    std::string token_;
    NodeServer server_;
};

}  // namespace vcare::support
