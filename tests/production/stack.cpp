// SPDX-License-Identifier: Apache-2.0
#include "production/stack.hpp"

namespace vcare::production {
namespace {

namespace fs = std::filesystem;
using support::write_text;

/// Staff, with the claims of their access tokens.
const std::string staff =
    R"({"dr-north": {"tenantId": "north", "roles": ["clinician"], "name": "Dr. North"}})";

const std::string scope =
    "openid virtual_care:session:create virtual_care:session:read virtual_care:session:admit "
    "virtual_care:session:end virtual_care:session:cancel";

fs::path made(const fs::path& folder) {
    fs::create_directories(folder);
    return folder;
}

}  // namespace

Stack::Stack()
    : identity_({.people = staff, .pages = base_url(), .certificate = certificate_}),
      first_((keys_.enter(), postgres_.create_service_database(database_), record_.start(), identity_.start(),
              made(folder_.path() / "first")),
             settings(), port_),
      second_(made(folder_.path() / "second"), settings()) {
}

std::string Stack::secret(const std::string& name, const std::string& text) const {
    const fs::path file = folder_.path() / name;
    write_text(file, text);
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    return file.string();
}

std::string Stack::settings() const {
    const fs::path authority = folder_.path() / "hospital.pem";
    const fs::path certificate = folder_.path() / "certificate.pem";
    write_text(authority, hospital_.certificate());
    write_text(certificate, certificate_.chain);
    std::string text = "production = true\n";
    const auto set = [&](const std::string& key, const std::string& value) {
        text.append(key).append(" = \"").append(value).append("\"\n");
    };
    set("server.public_url", base_url());
    set("server.tls_cert", certificate.string());
    set("server.tls_key", secret("key.pem", certificate_.key));
    set("store.url", "postgresql://service@127.0.0.1:" + std::to_string(postgres_.port()) + "/" + database_ +
                         "?sslmode=verify-full&sslrootcert=" + authority.string());
    set("events.url", broker_.url());
    set("events.user", "vcare");
    set("events.password", "file:" + secret("nats-password", password_));
    set("events.ca_file", authority.string());
    set("identity.issuer", identity_.issuer());
    set("identity.ca_file", authority.string());
    set("identity.web_client_id", "vcare-pages");
    set("identity.web_scope", scope);
    set("keys.url", support::SoftHsm::uri());
    set("keys.pin", "file:" + secret("pin", support::SoftHsm::pin()));
    set("consent.url", consent_.url());
    set("consent.token", "file:" + secret("consent-token", consent_token_));
    set("consent.ca_file", authority.string());
    set("fhir.url", record_.url());
    set("fhir.token", "file:" + secret("record-token", record_token_));
    set("fhir.ca_file", authority.string());
    set("notify.url", "");
    return text;
}

}  // namespace vcare::production
