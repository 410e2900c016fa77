// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vcare::http_client {

/// Where a request goes: an absolute http or https URL without a user and without a fragment.
class Url {
  public:
    /// Nothing for any other text.
    [[nodiscard]] static std::optional<Url> parse(std::string_view text);

    /// What stands below this URL: `https://ehr.example/fhir` and `Encounter?a=b` give
    /// `https://ehr.example/fhir/Encounter?a=b`. A query of this URL is left behind. What may not stand in a
    /// URL is percent-encoded; values of a query are encoded by whoever puts them in (`percent_encoded`).
    [[nodiscard]] Url below(std::string_view path_and_query) const;

    [[nodiscard]] bool is_secure() const { return is_secure_; }
    /// A name, or an address without brackets.
    [[nodiscard]] const std::string& host() const { return host_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Path and query as they go into the request line.
    [[nodiscard]] const std::string& target() const { return target_; }
    /// The value of `Host`.
    [[nodiscard]] std::string authority() const;
    /// `https://ehr.example:443`: what connections have in common.
    [[nodiscard]] std::string origin() const;
    [[nodiscard]] std::string text() const;

  private:
    Url() = default;
    [[nodiscard]] std::string bracketed_host() const;

    bool is_secure_ = false;
    std::string host_;
    std::uint16_t port_ = 0;
    std::string target_;
};

/// For the value of a query or of a form: all but letters, digits and `-._~` encoded.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace vcare::http_client
