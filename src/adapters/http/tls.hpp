// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "adapters/http/byte_stream.hpp"

namespace vcare::http {

struct TlsFiles {
    std::string certificate;  ///< PEM, with the chain behind it
    std::string key;          ///< PEM
};

/// TLS 1.2 and later for the connections of a listener.
class TlsTerminator {
  public:
    virtual ~TlsTerminator() = default;
    /// A stream that still has to shake hands.
    [[nodiscard]] virtual std::unique_ptr<ByteStream> wrap(std::unique_ptr<TcpSocket> socket) = 0;
};

/// Throws `std::system_error` that names the file when one cannot be used.
[[nodiscard]] std::unique_ptr<TlsTerminator> make_tls_terminator(const TlsFiles& files);

}  // namespace vcare::http
