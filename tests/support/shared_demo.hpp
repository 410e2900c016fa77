// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "support/demo_fixture.hpp"

namespace vcare::support {

/// One demo for all tests of a program; each books visits of its own. It must end in order.
class SharedDemo : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        folder_ = new TempFolder;
        demo_ = new Demo{folder_->path() / "demo"};
    }
    static void TearDownTestSuite() {
        EXPECT_EQ(demo_->terminate(), 0);
        delete demo_;
        delete folder_;
    }

    /// A visit of a patient who has consented.
    BookedVisit booked(const std::string& patient, const std::string& more_json = "{}") {
        give_consent(client_, doctor_, patient);
        return book(client_, doctor_, patient, more_json);
    }

  private:
    static inline TempFolder* folder_ = nullptr;

  protected:
    static inline Demo* demo_ = nullptr;
    HttpClient client_ = demo_->client();
    Headers doctor_ = demo_->staff();
};

}  // namespace vcare::support
