// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "adapters/http_client/stream.hpp"

namespace vcare::http_client {

/// TLS 1.2 and later towards servers that can prove who they are.
class TlsConnector {
  public:
    virtual ~TlsConnector() = default;
    /// A stream that still has to shake hands, which fails unless the server proves that it is `host`, a
    /// name or an address.
    [[nodiscard]] virtual std::unique_ptr<Stream> wrap(boost::asio::ip::tcp::socket socket,
                                                       const std::string& host) = 0;
};

/// `ca_file`: PEM of the authorities to believe, empty: the system's. Throws `std::system_error` that names
/// the file when it cannot be used.
[[nodiscard]] std::unique_ptr<TlsConnector> make_tls_connector(const std::string& ca_file);

}  // namespace vcare::http_client
