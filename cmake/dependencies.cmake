# SPDX-License-Identifier: Apache-2.0
# The libraries from Debian, each looked up once.

set(Boost_NO_WARN_NEW_VERSIONS ON)
find_package(Boost 1.81 REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL 14 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
# The package's own CMake files name libraries that only a static build needs.
find_library(VCARE_CNATS_LIBRARY nats REQUIRED)
find_path(VCARE_CNATS_HEADERS nats/nats.h REQUIRED)
add_library(vcare_cnats INTERFACE IMPORTED)
set_target_properties(vcare_cnats PROPERTIES INTERFACE_LINK_LIBRARIES ${VCARE_CNATS_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${VCARE_CNATS_HEADERS})
if(VCARE_BUILD_TESTS)
    find_package(GTest REQUIRED)
endif()
find_program(VCARE_NODE NAMES node nodejs REQUIRED)
