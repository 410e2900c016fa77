// SPDX-License-Identifier: Apache-2.0
#include "adapters/telemetry/log_writer.hpp"

#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "unit/adapters/telemetry/pipe.hpp"

namespace vcare::telemetry {
namespace {

TEST(LogWriter, writes_every_line_before_it_goes) {
    tests::Pipe pipe;
    {
        LogWriter writer{pipe.writing_end()};
        for (int i = 0; i < 100; ++i) EXPECT_TRUE(writer.write(std::to_string(i) + "\n"));
    }
    pipe.close_writing_end();

    std::string expected;
    for (int i = 0; i < 100; ++i) expected += std::to_string(i) + "\n";
    EXPECT_EQ(pipe.read_all(), expected);
}

TEST(LogWriter, keeps_lines_of_all_threads_whole) {
    tests::Pipe pipe;
    std::string all;
    {
        std::jthread reader{[&] { all = pipe.read_all(); }};
        {
            LogWriter writer{pipe.writing_end()};
            std::vector<std::jthread> threads;
            for (char name = 'a'; name < 'e'; ++name)
                threads.emplace_back([&writer, line = std::string(50, name) + "\n"] {
                    for (int i = 0; i < 1000; ++i) writer.write(line);
                });
        }
        pipe.close_writing_end();
    }

    ASSERT_EQ(all.size(), 4U * 1000 * 51);
    for (std::size_t at = 0; at < all.size(); at += 51)
        EXPECT_EQ(all.substr(at, 51), std::string(50, all[at]) + "\n");
}

TEST(LogWriter, drops_and_counts_lines_instead_of_waiting_for_a_reader) {
    tests::Pipe pipe;
    LogWriter writer{pipe.writing_end()};
    const std::string line(1000, 'x');
    std::uint64_t refused = 0;

    for (std::size_t i = 0; i < 3 * LogWriter::waiting_bytes_max / line.size(); ++i)
        if (!writer.write(line)) ++refused;

    EXPECT_GT(refused, 0U);
    EXPECT_EQ(writer.take_dropped(), refused);
    EXPECT_EQ(writer.take_dropped(), 0U);
}

TEST(LogWriter, goes_within_seconds_when_nobody_reads) {
    tests::Pipe pipe;
    std::optional<LogWriter> writer{pipe.writing_end()};
    writer->write(std::string(1'000'000, 'x'));
    const auto before = std::chrono::steady_clock::now();

    writer.reset();

    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds{5});
}

}  // namespace
}  // namespace vcare::telemetry
