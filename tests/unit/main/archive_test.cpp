// SPDX-License-Identifier: Apache-2.0
#include "main/archive.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/process.hpp"

namespace vcare::program {
namespace {

using support::read_text;
using support::write_text;
using testing::HasSubstr;

class Archive : public testing::Test {
  protected:
    std::filesystem::path in(const std::string& name) const { return folder_.path() / name; }
    void write_sample() {
        write_text(in("store"), std::string(100'000, 'x') + "end");
        write_text(in("key"), "secret");
        ASSERT_TRUE(write_archive(in("a.backup"), {{"vcare.db", in("store")}, {"keys/one", in("key")}}));
    }
    support::TempFolder folder_;
};

TEST_F(Archive, gives_back_every_byte_under_its_name) {
    write_sample();

    ASSERT_TRUE(unpack_archive(in("a.backup"), in("out")));

    EXPECT_EQ(read_text(in("out/vcare.db")), std::string(100'000, 'x') + "end");
    EXPECT_EQ(read_text(in("out/keys/one")), "secret");
}

TEST_F(Archive, can_be_read_by_nobody_else) {
    write_sample();

    struct stat about{};
    ASSERT_EQ(::stat(in("a.backup").c_str(), &about), 0);

    EXPECT_EQ(about.st_mode & 0777, 0600u);
}

TEST_F(Archive, never_replaces_a_file) {
    write_text(in("a.backup"), "mine");

    const auto written = write_archive(in("a.backup"), {});

    ASSERT_FALSE(written);
    EXPECT_THAT(written.error(), HasSubstr("exists"));
    EXPECT_EQ(read_text(in("a.backup")), "mine");
}

TEST_F(Archive, leaves_nothing_behind_when_a_member_cannot_be_read) {
    EXPECT_FALSE(write_archive(in("a.backup"), {{"vcare.db", in("missing")}}));
    EXPECT_FALSE(std::filesystem::exists(in("a.backup")));
}

TEST_F(Archive, is_refused_when_it_is_cut_off) {
    write_sample();
    for (const std::uintmax_t size : {std::uintmax_t{100}, std::uintmax_t{5'000}, std::uintmax_t{101'000}}) {
        std::filesystem::copy_file(in("a.backup"), in("cut"),
                                   std::filesystem::copy_options::overwrite_existing);
        std::filesystem::resize_file(in("cut"), size);
        std::filesystem::remove_all(in("out"));

        EXPECT_FALSE(unpack_archive(in("cut"), in("out"))) << size;
    }
}

TEST_F(Archive, is_refused_when_its_header_was_changed_or_leads_out_of_the_folder) {
    write_text(in("key"), "secret");
    ASSERT_TRUE(write_archive(in("outside"), {{"../escaped", in("key")}}));
    EXPECT_FALSE(unpack_archive(in("outside"), in("out")));
    EXPECT_FALSE(std::filesystem::exists(in("escaped")));

    write_sample();
    std::string bytes = read_text(in("a.backup"));
    bytes[0] = 'V';
    write_text(in("changed"), bytes);
    EXPECT_FALSE(unpack_archive(in("changed"), in("out")));
}

}  // namespace
}  // namespace vcare::program
