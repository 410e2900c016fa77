// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/http/byte_stream.hpp"

namespace vcare::http {

/// What takes a connection over once the head of an event stream has been sent.
class StreamOpening {
  public:
    virtual ~StreamOpening() = default;
    virtual void open(std::unique_ptr<ByteStream> stream) = 0;
};

}  // namespace vcare::http
