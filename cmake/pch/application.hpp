// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "domain.hpp"

#include <boost/asio/awaitable.hpp>
