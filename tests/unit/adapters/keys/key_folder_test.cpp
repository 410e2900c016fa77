// SPDX-License-Identifier: Apache-2.0
#include "adapters/keys/key_folder.hpp"

#include <fstream>
#include <thread>

#include <gmock/gmock.h>

#include "support/process.hpp"

namespace vcare::keys {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

void write_file(const fs::path& file, const std::string& content, fs::perms mode = fs::perms{0600}) {
    std::ofstream{file} << content;
    fs::permissions(file, mode);
}

template <class Action>
std::string refusal_of(Action action) {
    try {
        action();
    } catch (const std::runtime_error& refused) {
        return refused.what();
    }
    return {};
}

class KeyFolderTest : public testing::Test {
  protected:
    support::TempFolder temporary_;
    fs::path path_ = temporary_.path() / "keys";
};

TEST_F(KeyFolderTest, makes_the_folder_and_its_files_for_the_service_alone) {
    const KeyFolder folder{path_};
    ASSERT_EQ(folder.master_secrets().size(), 1U);
    static_cast<void>(folder.signing_key("issuer"));

    EXPECT_EQ(fs::status(path_).permissions(), fs::perms{0700});
    EXPECT_EQ(fs::status(path_ / "master-1.key").permissions(), fs::perms{0600});
    EXPECT_EQ(fs::status(path_ / "issuer.pem").permissions(), fs::perms{0600});
    EXPECT_EQ(std::distance(fs::directory_iterator{path_}, {}), 2) << "no draft is left behind";
}

TEST_F(KeyFolderTest, finds_the_same_keys_again) {
    const auto secrets = KeyFolder{path_}.master_secrets();
    const auto key = KeyFolder{path_}.signing_key("issuer");

    EXPECT_EQ(KeyFolder{path_}.master_secrets(), secrets);
    EXPECT_TRUE(KeyFolder{path_}.signing_key("issuer").public_key().verifies("text", key.sign("text")));
}

TEST_F(KeyFolderTest, gives_every_version_that_is_there) {
    const KeyFolder folder{path_};
    const auto first = folder.master_secrets();
    write_file(path_ / "master-7.key", std::string(64, 'a') + "\n");

    const auto both = folder.master_secrets();

    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(both.at(1), first.at(1));
    EXPECT_EQ(both.at(7), std::string(32, '\xaa'));
}

TEST_F(KeyFolderTest, adds_a_version_beside_those_that_are_there) {
    const KeyFolder folder{path_};
    const auto before = folder.master_secrets();

    EXPECT_EQ(folder.add_master_secret(), 2U);
    const auto after = folder.master_secrets();

    ASSERT_EQ(after.size(), 2U);
    EXPECT_EQ(after.at(1), before.at(1));
    EXPECT_NE(after.at(2), before.at(1));
    EXPECT_EQ(fs::status(path_ / "master-2.key").permissions(), fs::perms{0600});
}

TEST_F(KeyFolderTest, refuses_a_folder_that_others_may_enter) {
    fs::create_directory(path_);
    fs::permissions(path_, fs::perms{0755});

    EXPECT_EQ(
        refusal_of([&] { KeyFolder{path_}; }),
        path_.string() + " may be read by others (mode 0755); keys must not be: chmod 700 " + path_.string());
}

TEST_F(KeyFolderTest, refuses_a_file_that_others_may_read) {
    const KeyFolder folder{path_};
    const fs::path secret = path_ / "master-1.key";
    const fs::path pem = path_ / "issuer.pem";
    write_file(secret, std::string(64, 'a'), fs::perms{0640});
    write_file(pem, crypto::Es256Key::generate().to_pem(), fs::perms{0604});

    EXPECT_THAT(refusal_of([&] { static_cast<void>(folder.master_secrets()); }),
                HasSubstr("(mode 0640); keys must not be: chmod 600 " + secret.string()));
    EXPECT_THAT(refusal_of([&] { static_cast<void>(folder.signing_key("issuer")); }),
                HasSubstr("(mode 0604)"));
}

TEST_F(KeyFolderTest, refuses_a_file_that_holds_no_key_and_leaves_it_as_it_is) {
    const KeyFolder folder{path_};
    for (const std::string& content :
         {std::string{}, std::string(63, 'a'), std::string(66, 'a'), std::string(64, 'x')}) {
        write_file(path_ / "master-1.key", content);
        EXPECT_THAT(refusal_of([&] { static_cast<void>(folder.master_secrets()); }),
                    StartsWith((path_ / "master-1.key").string() + ": not a key"))
            << content;
    }
    write_file(path_ / "issuer.pem", "nonsense");
    EXPECT_THAT(refusal_of([&] { static_cast<void>(folder.signing_key("issuer")); }),
                HasSubstr("not an unencrypted private key"));
    EXPECT_EQ(fs::file_size(path_ / "issuer.pem"), 8U);
}

TEST_F(KeyFolderTest, refuses_a_file_in_the_folder_s_place) {
    write_file(path_, "file");

    EXPECT_EQ(refusal_of([&] { KeyFolder{path_}; }), path_.string() + " is not a folder");
}

TEST_F(KeyFolderTest, gives_the_same_keys_to_all_who_start_at_once) {
    std::vector<std::map<unsigned, std::string>> secrets(8);
    {
        std::vector<std::jthread> starting;
        for (auto& mine : secrets)
            starting.emplace_back([&mine, this] { mine = KeyFolder{path_}.master_secrets(); });
    }

    for (const auto& mine : secrets) EXPECT_EQ(mine, secrets.front());
}

}  // namespace
}  // namespace vcare::keys
