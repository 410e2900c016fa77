// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "support/nats_server.hpp"

namespace vcare::support {

/// What the program's environment must say for it to keep its data where this run of the tests wants it: with
/// VCARE_TEST_STORE=postgres, a database of its own for each `data` folder on a server of this test program;
/// else nothing, and the store is a file in the folder.
[[nodiscard]] std::map<std::string, std::string> store_environment(const std::filesystem::path& data);

/// Where the program that keeps its data in the folder `data` is to publish: with VCARE_TEST_STORE=postgres,
/// a NATS server of its own; else empty, and its events stay in the process.
[[nodiscard]] std::string events_url(const std::filesystem::path& data);

/// What lies in that server's stream; nothing where there is none.
[[nodiscard]] std::vector<StreamMessage> events_in_stream(const std::filesystem::path& data);

[[nodiscard]] bool is_on_postgres();

/// Everything that the store of such a folder holds, as it is stored: the bytes of SQLite's files, or every
/// column of every row of the database.
[[nodiscard]] std::string stored_bytes(const std::filesystem::path& data);

/// The one value that a query gives, as text.
[[nodiscard]] std::string ask_stored(const std::filesystem::path& data, const std::string& sql);

/// Runs SQL on it behind the program's back; throws with what the database said.
void change_stored(const std::filesystem::path& data, const std::string& sql);

}  // namespace vcare::support
