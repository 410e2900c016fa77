// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "fuzz/fuzz.hpp"

TEST(Corpus, is_taken_without_a_broken_promise) {
    int files = 0;

    for (const auto& entry : std::filesystem::directory_iterator{VCARE_CORPUS}) {
        SCOPED_TRACE(entry.path());
        std::ifstream file{entry.path(), std::ios::binary};
        const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
        ASSERT_EQ(LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()),
                  0);
        ++files;
    }

    EXPECT_GT(files, 0);
}
