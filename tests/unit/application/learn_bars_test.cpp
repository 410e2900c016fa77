// SPDX-License-Identifier: Apache-2.0
#include "application/learn_bars.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fakes/clinic.hpp"

namespace vcare::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct BarringClinic : Clinic {
    std::vector<std::string> heard;
    application::LearnBars learn{services,
                                 [this](const BarredUser& barred) { heard.push_back(barred.user.text()); }};

    /// As another process writes it, by its own clock.
    void bar(std::string_view user, Instant written_at) {
        application::UnitOfWork unit;
        unit.barred =
            BarredUser{.tenant = this_clinic(), .user = UserId::parse(user).value(), .barred_at = written_at};
        unit.at = written_at;
        ASSERT_TRUE(run(services.units.commit(doctor().scope, std::move(unit))).has_value());
    }
    std::vector<std::string> news() {
        heard.clear();
        EXPECT_TRUE(run(learn.run_once()).has_value());
        return heard;
    }
};

TEST(LearnBars, hears_of_all_who_were_barred_before_it_began_and_of_each_since) {
    BarringClinic clinic;
    for (int i = 0; i < 1'001; ++i) clinic.bar("usr-" + std::to_string(i), nine_o_clock);
    EXPECT_EQ(clinic.news().size(), 1'001U) << "more than one page";
    EXPECT_EQ(clinic.bearers.barred.size(), 1'001U);
    EXPECT_THAT(clinic.news(), IsEmpty());

    clinic.bar("dr-1", nine_o_clock + minutes{5});
    EXPECT_THAT(clinic.news(), ElementsAre("dr-1"));
    clinic.bar("dr-2", nine_o_clock + minutes{4});
    EXPECT_THAT(clinic.news(), ElementsAre("dr-2")) << "a commit that became visible late";
}

TEST(LearnBars, finds_in_time_what_a_replica_wrote_whose_clock_is_far_behind) {
    BarringClinic clinic;
    clinic.bar("dr-1", nine_o_clock);
    EXPECT_THAT(clinic.news(), ElementsAre("dr-1"));
    clinic.bar("dr-2", nine_o_clock - hours{1});
    EXPECT_THAT(clinic.news(), IsEmpty());

    clinic.clock.time += minutes{10};
    EXPECT_THAT(clinic.news(), ElementsAre("dr-2"));
}

}  // namespace
}  // namespace vcare::testing
