// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <vector>

namespace vcare::program {

/// A link and who it is for.
struct DemoLink {
    std::string who;
    std::string url;
};

/// What the demo tells a person in their terminal: how to get in, then what happens as it happens. In
/// colour on a terminal only, and not where NO_COLOR is set.
class DemoTerminal {
  public:
    DemoTerminal();

    void welcome(const std::vector<DemoLink>& links, const std::string& admin_url, const std::string& folder,
                 bool is_temporary);
    /// `09:31:02  sentence`. From any thread.
    void tell(const std::string& sentence);
    void goodbye();

  private:
    [[nodiscard]] std::string bold(const std::string& text) const;
    [[nodiscard]] std::string faint(const std::string& text) const;

    bool has_colour_;
    std::mutex mutex_;
};

}  // namespace vcare::program
