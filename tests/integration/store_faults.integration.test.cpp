// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/demo_fixture.hpp"

namespace vcare::support {
namespace {

const std::string api{base_path};

class StoreFaults : public testing::Test {
  protected:
    /// From now on the process may make no file longer than this: what a full disk is to a database.
    void limit_files_to(rlim_t bytes) const {
        rlimit limit{};
        ASSERT_EQ(::prlimit(server_.process_id(), RLIMIT_FSIZE, nullptr, &limit), 0);
        limit.rlim_cur = bytes;
        ASSERT_EQ(::prlimit(server_.process_id(), RLIMIT_FSIZE, &limit, nullptr), 0);
    }
    void lift_the_limit() const { limit_files_to(RLIM_INFINITY); }

    HttpResponse try_to_book(const std::string& patient) {
        return client_.post(api + "/sessions",
                            {{"patientId", patient}, {"scheduledStart", minutes_from_now(5)}}, staff_);
    }
    /// The service notices by itself that the store is back; asked again until then.
    HttpResponse book_when_it_is_back(const std::string& patient) {
        const auto deadline = std::chrono::steady_clock::now() + seconds{120};
        HttpResponse answer = try_to_book(patient);
        while (answer.status == 503 && std::chrono::steady_clock::now() < deadline) {
            answer = try_to_book(patient);
        }
        return answer;
    }
    std::size_t booked_visits() {
        return client_.get(api + "/sessions?limit=200", staff_).json().at("items").as_array().size();
    }

    TempFolder folder_;
    Server server_{folder_.path()};
    HttpClient client_ = server_.client();
    Headers staff_ = server_.token("clinic", "dr-full", {"clinician"});
};

TEST_F(StoreFaults, a_full_disk_refuses_whole_commands_and_is_over_when_there_is_room_again) {
    give_consent(client_, staff_, "patient-1");
    ASSERT_EQ(try_to_book("patient-1").status, 201);
    const std::size_t before = booked_visits();

    limit_files_to(4096);
    int refused = 0;
    for (int i = 0; i < 20; ++i) {
        const HttpResponse answer = try_to_book("patient-1");
        ASSERT_TRUE(answer.status == 201 || answer.status == 503) << answer.body;
        if (answer.status != 503) continue;
        EXPECT_EQ(answer.code(), "STORE_UNAVAILABLE");
        EXPECT_FALSE(answer.header("Retry-After").empty());
        ++refused;
    }
    EXPECT_EQ(refused, 20);
    EXPECT_EQ(client_.get("/health/live").status, 200);

    lift_the_limit();
    EXPECT_EQ(book_when_it_is_back("patient-1").status, 201);
    EXPECT_EQ(booked_visits(), before + 1);
    EXPECT_EQ(server_.command({"audit", "verify"}).exit_code, 0);
    EXPECT_EQ(server_.terminate(), 0);
}

TEST_F(StoreFaults, what_was_acknowledged_around_a_full_disk_is_there_after_a_crash) {
    give_consent(client_, staff_, "patient-1");
    std::vector<std::string> acknowledged;
    for (const rlim_t room : {rlim_t{RLIM_INFINITY}, rlim_t{4096}, rlim_t{RLIM_INFINITY}, rlim_t{65536}}) {
        limit_files_to(room);
        for (int i = 0; i < 10; ++i) {
            const HttpResponse answer = try_to_book("patient-1");
            if (answer.status == 201) acknowledged.push_back(answer.at("/id"));
        }
    }
    EXPECT_GE(acknowledged.size(), 10u);

    server_.kill();
    server_.start();

    HttpClient client = server_.client();
    for (const std::string& session : acknowledged) {
        EXPECT_EQ(client.get(api + "/sessions/" + session, staff_).status, 200) << session;
    }
    EXPECT_EQ(client.get(api + "/sessions?limit=200", staff_).json().at("items").as_array().size(),
              acknowledged.size());
}

TEST_F(StoreFaults, a_database_file_that_is_taken_away_is_refused_and_taken_back) {
    give_consent(client_, staff_, "patient-1");
    ASSERT_EQ(try_to_book("patient-1").status, 201);
    const auto database = folder_.path() / "vcare.db";
    const auto aside = folder_.path() / "aside.db";

    std::filesystem::rename(database, aside);
    EXPECT_EQ(try_to_book("patient-1").code(), "STORE_UNAVAILABLE");
    std::filesystem::rename(aside, database);

    EXPECT_EQ(book_when_it_is_back("patient-1").status, 201);
    EXPECT_EQ(booked_visits(), 2u);
}

TEST_F(StoreFaults, a_database_file_made_read_only_is_refused_and_taken_back) {
    give_consent(client_, staff_, "patient-1");
    ASSERT_EQ(try_to_book("patient-1").status, 201);
    const auto database = folder_.path() / "vcare.db";

    ASSERT_EQ(::chmod(database.c_str(), 0444), 0);
    const HttpResponse refused = try_to_book("patient-1");
    EXPECT_EQ(refused.status, 503) << refused.body;
    EXPECT_EQ(refused.code(), "STORE_UNAVAILABLE");
    ASSERT_EQ(::chmod(database.c_str(), 0600), 0);

    EXPECT_EQ(book_when_it_is_back("patient-1").status, 201);
    EXPECT_EQ(booked_visits(), 2u);
}

}  // namespace
}  // namespace vcare::support
