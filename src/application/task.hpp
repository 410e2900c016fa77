// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>

#include "domain/error.hpp"

namespace vcare {

/// What every port and use case returns. Its trampoline stays flat in long loops of ready awaits, in every
/// build mode. Parameters of a function that returns a Task are taken by value, always.
template <class T>
using Task = boost::asio::awaitable<T>;

using domain::Error;
using domain::ErrorCode;
using domain::Result;

}  // namespace vcare
