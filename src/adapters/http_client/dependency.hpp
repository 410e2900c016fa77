// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/http_client/circuit_breaker.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::http_client {

/// One outside service as the operators see it: its circuit, and the metrics and log lines about it. Safe to
/// use from any loop; the ports outlive it.
class Dependency {
  public:
    /// `name` is a fixed word, such as `consent`; it labels the metrics and begins the names of log lines.
    Dependency(std::string name, const application::Clock& clock, application::Telemetry& telemetry,
               CircuitBreaker::Pauses pauses = {})
        : name_(std::move(name)), clock_(clock), telemetry_(telemetry), breaker_(pauses) {}

    /// Nothing: ask the service. Else for how long it is left alone. Each call that may go reports its end.
    [[nodiscard]] std::optional<domain::milliseconds> ask();

    /// A call that began at `began` ended. `result` is a fixed word for the label; `works` says whether the
    /// service is there and able to serve, which a refusal can show as well as a success.
    void tell(bool works, std::string_view result, domain::Instant began);

    /// A call ended with the word that this service is not let in, or that there is nothing where it asks:
    /// somebody has to set that right. The circuit takes it for a success, as the service itself is there,
    /// and the health does not.
    void tell_refusal(std::string_view result, domain::Instant began);

    struct Health {
        bool works = false;
        std::string result = {};  ///< the word of the last call
        domain::Instant checked_at = {};
    };
    /// How the last call went; nothing before the first.
    [[nodiscard]] std::optional<Health> health() const;
    [[nodiscard]] const std::string& name() const { return name_; }

  private:
    struct Told {
        bool is_there = false;
        bool serves = false;
    };
    void note(Told told, std::string_view result, domain::Instant began);

    const std::string name_;
    const application::Clock& clock_;
    application::Telemetry& telemetry_;
    mutable std::mutex mutex_;  // several loops share what follows; nothing is awaited under it
    CircuitBreaker breaker_;
    std::optional<Health> health_;
};

}  // namespace vcare::http_client
