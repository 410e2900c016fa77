// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "adapters/crypto/signature.hpp"

namespace vcare::keys {

/// A folder of key files that only the service's own user may read. Used while starting and blocking, so
/// everything throws `std::runtime_error` with a sentence for the operator.
class KeyFolder {
  public:
    /// Makes the folder (0700) if it is not there; refuses one that others may enter.
    explicit KeyFolder(std::filesystem::path path);

    /// Every version of the master secret, 32 bytes each; makes the first one if there is none.
    [[nodiscard]] std::map<unsigned, std::string> master_secrets() const;

    /// Adds a version to them, the newest from now on, and says which.
    unsigned add_master_secret() const;

    /// The key in `<name>.pem`, made if it is not there.
    [[nodiscard]] crypto::Es256Key signing_key(const std::string& name) const;

  private:
    /// What the version is afterwards: ours, or what another process put there first.
    std::string make_secret(unsigned version) const;
    [[nodiscard]] std::string read(const std::filesystem::path& file) const;
    /// What the file holds afterwards: `content`, or what another process put there first.
    [[nodiscard]] std::string read_or_make(const std::filesystem::path& file,
                                           const std::string& content) const;

    std::filesystem::path path_;
};

}  // namespace vcare::keys
