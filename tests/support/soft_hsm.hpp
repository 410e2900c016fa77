// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "support/process.hpp"

namespace vcare::support {

/// A token of the test's own in SoftHSM, with the label `vcare`.
class SoftHsm {
  public:
    SoftHsm();

    [[nodiscard]] static std::string module_path() { return "/usr/lib/softhsm/libsofthsm2.so"; }
    [[nodiscard]] static std::string pin() { return "clinic-1234"; }
    [[nodiscard]] static std::string uri() { return "pkcs11:token=vcare?module-path=" + module_path(); }
    /// What a program that uses it must have in its environment.
    [[nodiscard]] std::map<std::string, std::string> environment() const;
    /// Makes it that of this process.
    void enter() const;

    /// Takes the token out, and puts it back.
    void remove() const;
    void put_back() const;

  private:
    TempFolder folder_;
};

}  // namespace vcare::support
