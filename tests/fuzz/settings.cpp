// SPDX-License-Identifier: Apache-2.0
// The configuration file: every file gives settings or says where it is wrong.
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "fuzz/fuzz.hpp"
#include "main/settings_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vcare;
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("vcare-fuzz-" + std::to_string(::getpid()) + ".toml");
    std::ofstream{file, std::ios::binary} << fuzz::text_of(data, size);

    for (const auto& problem : program::load_settings(file, {}).problems)
        fuzz::require(!problem.where.empty() && !problem.message.empty(), "a problem says where and what");
    std::filesystem::remove(file);
    return 0;
}
