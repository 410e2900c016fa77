// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
