// SPDX-License-Identifier: Apache-2.0
#include "main/archive.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <numeric>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace vcare::program {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t block_size = 512;
constexpr std::uintmax_t max_member_bytes = 077777777777;  // eleven octal digits
using Block = std::array<char, block_size>;

// Where the fields of a ustar header stand (POSIX.1, pax, "ustar Interchange Format").
struct Field {
    std::size_t at;
    std::size_t size;
};
constexpr Field name_field{0, 100};
constexpr Field mode_field{100, 8};
constexpr Field owner_field{108, 8};
constexpr Field group_field{116, 8};
constexpr Field size_field{124, 12};
constexpr Field time_field{136, 12};
constexpr Field sum_field{148, 8};
constexpr std::size_t type_at = 156;
constexpr std::size_t magic_at = 257;

void put(Block& block, Field field, std::string_view text) {
    std::memcpy(block.data() + field.at, text.data(), std::min(text.size(), field.size));
}

void put_number(Block& block, Field field, std::uintmax_t value) {
    put(block, field, fmt::format("{:0{}o}", value, field.size - 1));
}

std::string_view text_of(const Block& block, Field field) {
    const std::string_view whole{block.data() + field.at, field.size};
    return whole.substr(0, whole.find('\0'));
}

std::uintmax_t number_of(const Block& block, Field field) {
    const std::string_view text = text_of(block, field);
    std::uintmax_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, 8);
    return value;
}

// The sum of all bytes, the sum's own field counted as spaces.
std::uintmax_t checksum(Block block) {
    std::fill_n(block.data() + sum_field.at, sum_field.size, ' ');
    return std::accumulate(block.begin(), block.end(), std::uintmax_t{0},
                           [](std::uintmax_t sum, char c) { return sum + static_cast<unsigned char>(c); });
}

Block header_of(const std::string& name, std::uintmax_t size) {
    Block block{};
    put(block, name_field, name);
    put_number(block, mode_field, 0600);
    put_number(block, owner_field, 0);
    put_number(block, group_field, 0);
    put_number(block, size_field, size);
    put_number(block, time_field, 0);
    block[type_at] = '0';
    std::memcpy(block.data() + magic_at, "ustar\00000", 8);
    put(block, sum_field, fmt::format("{:06o}", checksum(block)));
    block[sum_field.at + 7] = ' ';
    return block;
}

std::size_t padding_after(std::uintmax_t size) {
    return static_cast<std::size_t>((block_size - size % block_size) % block_size);
}

bool is_safe_name(std::string_view name) {
    const fs::path path{name};
    const bool leads_out = std::ranges::any_of(path, [](const fs::path& part) { return part == ".."; });
    return !name.empty() && path.is_relative() && !leads_out;
}

bool copy_bytes(std::istream& from, std::ostream& to, std::uintmax_t count) {
    constexpr std::size_t at_once = 65'536;
    std::array<char, at_once> buffer = {};
    while (count > 0) {
        const auto part = static_cast<std::streamsize>(std::min<std::uintmax_t>(count, buffer.size()));
        if (!from.read(buffer.data(), part) || !to.write(buffer.data(), part)) return false;
        count -= static_cast<std::uintmax_t>(part);
    }
    return true;
}

bool sync_to_disk(const fs::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
    if (descriptor >= 0) ::close(descriptor);
    return synced;
}

// An empty file that only its owner may read; false when there is one already or it cannot be made.
bool make_private_file(const fs::path& file) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor >= 0) ::close(descriptor);
    return descriptor >= 0;
}

bool add_member(std::ofstream& out, const ArchiveMember& member) {
    std::error_code problem;
    const std::uintmax_t size = fs::file_size(member.file, problem);
    if (problem || size > max_member_bytes || member.name.size() >= name_field.size) return false;
    std::ifstream in{member.file, std::ios::binary};
    const Block header = header_of(member.name, size);
    out.write(header.data(), block_size);
    const Block zeros{};
    return in && copy_bytes(in, out, size) &&
           out.write(zeros.data(), static_cast<std::streamsize>(padding_after(size)));
}

std::expected<void, std::string> unpack_member(std::ifstream& in, const Block& header,
                                               const fs::path& folder) {
    const std::string name{text_of(header, name_field)};
    if (number_of(header, sum_field) != checksum(header)) return std::unexpected{"is no archive of backup"};
    if (header[type_at] != '0' || !is_safe_name(name)) {
        return std::unexpected{fmt::format("holds something that backup never writes: {}", name)};
    }
    const fs::path target = folder / name;
    std::error_code problem;
    fs::create_directories(target.parent_path(), problem);
    if (!make_private_file(target)) return std::unexpected{"cannot be unpacked to " + target.string()};
    std::ofstream out{target, std::ios::binary};
    const std::uintmax_t size = number_of(header, size_field);
    if (!copy_bytes(in, out, size) || !out.flush()) return std::unexpected{name + " is cut off"};
    in.ignore(static_cast<std::streamsize>(padding_after(size)));
    if (!sync_to_disk(target)) return std::unexpected{"cannot be written to the disk: " + target.string()};
    return {};
}

}  // namespace

std::expected<void, std::string> write_archive(const fs::path& archive,
                                               const std::vector<ArchiveMember>& members) {
    if (!make_private_file(archive)) {
        return std::unexpected{
            fmt::format("cannot make {}: it exists, or its folder is closed to this user", archive.string())};
    }
    std::ofstream out{archive, std::ios::binary};
    for (const ArchiveMember& member : members) {
        if (add_member(out, member)) continue;
        std::error_code ignored;
        fs::remove(archive, ignored);
        return std::unexpected{fmt::format("cannot copy {}", member.file.string())};
    }
    const Block zeros{};
    out.write(zeros.data(), block_size).write(zeros.data(), block_size).flush();
    if (!out || !sync_to_disk(archive)) {
        std::error_code ignored;
        fs::remove(archive, ignored);
        return std::unexpected{fmt::format("cannot write {}", archive.string())};
    }
    return {};
}

std::expected<void, std::string> unpack_archive(const fs::path& archive, const fs::path& folder) {
    std::ifstream in{archive, std::ios::binary};
    if (!in) return std::unexpected{"cannot be read"};
    Block header{};
    while (in.read(header.data(), block_size)) {
        const bool is_end = std::ranges::all_of(header, [](char c) { return c == '\0'; });
        if (is_end) return {};
        auto unpacked = unpack_member(in, header, folder);
        if (!unpacked) return unpacked;
    }
    return std::unexpected{"is cut off"};
}

}  // namespace vcare::program
