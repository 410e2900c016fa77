// SPDX-License-Identifier: Apache-2.0
#include "main/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vcare::program {
namespace {

TEST(ClinicPolicy, lets_clinics_ask_with_built_in_texts_only_outside_production) {
    Settings settings = default_settings();
    EXPECT_TRUE(clinic_policy(settings).may_ask_with_built_in_texts);
    settings.production = true;
    EXPECT_FALSE(clinic_policy(settings).may_ask_with_built_in_texts);
}

TEST(ClinicPolicy, has_the_hosts_of_logos_and_none_by_default) {
    Settings settings = default_settings();
    EXPECT_TRUE(clinic_policy(settings).logo_hosts.empty());
    settings.branding.logo_hosts = {"cdn.example"};
    EXPECT_THAT(clinic_policy(settings).logo_hosts, testing::ElementsAre("cdn.example"));
}

}  // namespace
}  // namespace vcare::program
