// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

namespace vcare::program {

/// A file to put into an archive, under a relative name.
struct ArchiveMember {
    std::string name;
    std::filesystem::path file;
};

/// Writes a tar archive (ustar, so that any tar can look into it), mode 0600 and synced to the disk. Says in
/// a sentence what kept it from being written; nothing is left behind then. Never replaces a file.
[[nodiscard]] std::expected<void, std::string> write_archive(const std::filesystem::path& archive,
                                                             const std::vector<ArchiveMember>& members);

/// Unpacks every member into `folder`, mode 0600. Refuses names that lead out of the folder, anything that
/// is no plain file, and an archive that ends early.
[[nodiscard]] std::expected<void, std::string> unpack_archive(const std::filesystem::path& archive,
                                                              const std::filesystem::path& folder);

}  // namespace vcare::program
