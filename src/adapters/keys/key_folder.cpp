// SPDX-License-Identifier: Apache-2.0
#include "adapters/keys/key_folder.hpp"

#include <cerrno>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/crypto/encoding.hpp"
#include "adapters/crypto/random.hpp"

namespace vcare::keys {
namespace {

namespace fs = std::filesystem;

constexpr mode_t others_bits = 077;
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t file_bytes_max = 16'384;

/// A file descriptor that closes itself.
class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool is_open() const { return fd_ >= 0; }

  private:
    int fd_;
};

[[noreturn]] void fail(const fs::path& path, std::string_view what, int error) {
    throw std::runtime_error{
        fmt::format("{}: {}: {}", path.string(), what, std::generic_category().message(error))};
}

void refuse_open_modes(const fs::path& path, mode_t mode, std::string_view wanted) {
    if ((mode & others_bits) == 0) return;
    throw std::runtime_error{
        fmt::format("{} may be read by others (mode {:04o}); keys must not be: chmod {} {}", path.string(),
                    mode & 07777, wanted, path.string())};
}

/// The version in `master-<n>.key`.
std::optional<unsigned> version_of(const fs::path& file) {
    std::string name = file.filename().string();
    constexpr std::string_view before = "master-";
    constexpr std::string_view after = ".key";
    if (!name.starts_with(before) || !name.ends_with(after)) return std::nullopt;
    const char* const begin = name.data() + before.size();
    const char* const end = name.data() + name.size() - after.size();
    unsigned version = 0;
    const auto [stop, error] = std::from_chars(begin, end, version);
    if (error != std::errc{} || stop != end || version == 0) return std::nullopt;
    return version;
}

std::string parse_secret(const fs::path& file, std::string content) {
    while (!content.empty() && (content.back() == '\n' || content.back() == '\r')) content.pop_back();
    auto bytes = crypto::parse_hex(content);
    if (!bytes || bytes->size() != secret_bytes)
        throw std::runtime_error{
            fmt::format("{}: not a key: 64 hexadecimal digits (lower case) are expected", file.string())};
    return std::move(*bytes);
}

void write_all(const fs::path& file, int fd, std::string_view content) {
    while (!content.empty()) {
        const auto written = ::write(fd, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(file, "cannot be written", errno);
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(fd) != 0) fail(file, "cannot be written", errno);
}

}  // namespace

KeyFolder::KeyFolder(fs::path path) : path_(std::move(path)) {
    if (!path_.parent_path().empty()) fs::create_directories(path_.parent_path());
    if (::mkdir(path_.c_str(), 0700) != 0 && errno != EEXIST) fail(path_, "cannot be made", errno);
    struct stat status{};
    if (::stat(path_.c_str(), &status) != 0) fail(path_, "cannot be read", errno);
    if (!S_ISDIR(status.st_mode)) throw std::runtime_error{path_.string() + " is not a folder"};
    refuse_open_modes(path_, status.st_mode, "700");
}

std::map<unsigned, std::string> KeyFolder::master_secrets() const {
    std::map<unsigned, std::string> secrets;
    for (const auto& entry : fs::directory_iterator{path_}) {
        if (const auto version = version_of(entry.path()))
            secrets.emplace(*version, parse_secret(entry.path(), read(entry.path())));
    }
    if (secrets.empty()) {
        secrets.emplace(1, make_secret(1));
    }
    return secrets;
}

unsigned KeyFolder::add_master_secret() const {
    const unsigned version = master_secrets().rbegin()->first + 1;
    make_secret(version);
    return version;
}

std::string KeyFolder::make_secret(unsigned version) const {
    const fs::path file = path_ / fmt::format("master-{}.key", version);
    const std::string fresh = crypto::to_hex(crypto::random_bytes(secret_bytes)) + '\n';
    return parse_secret(file, read_or_make(file, fresh));
}

crypto::Es256Key KeyFolder::signing_key(const std::string& name) const {
    const fs::path file = path_ / (name + ".pem");
    const std::string pem =
        fs::exists(file) ? read(file) : read_or_make(file, crypto::Es256Key::generate().to_pem());
    auto key = crypto::Es256Key::parse_pem(pem);
    if (!key)
        throw std::runtime_error{
            fmt::format("{}: not an unencrypted private key of P-256 in PEM form", file.string())};
    return std::move(*key);
}

std::string KeyFolder::read(const fs::path& file) const {
    const Descriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!opened.is_open()) fail(file, "cannot be read", errno);
    struct stat status{};
    if (::fstat(opened.get(), &status) != 0) fail(file, "cannot be read", errno);
    refuse_open_modes(file, status.st_mode, "600");

    std::string content(file_bytes_max, '\0');
    const auto length = ::read(opened.get(), content.data(), content.size());
    if (length < 0) fail(file, "cannot be read", errno);
    content.resize(static_cast<std::size_t>(length));
    return content;
}

std::string KeyFolder::read_or_make(const fs::path& file, const std::string& content) const {
    // Written beside and linked into place: never half a key, and the first of two processes wins.
    const fs::path draft = file.string() + '.' + crypto::to_hex(crypto::random_bytes(8));
    {
        const Descriptor made{::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
        if (!made.is_open()) fail(draft, "cannot be made", errno);
        write_all(draft, made.get(), content);
    }
    const int linked = ::link(draft.c_str(), file.c_str()) == 0 ? 0 : errno;
    ::unlink(draft.c_str());
    if (linked != 0 && linked != EEXIST) fail(file, "cannot be made", linked);

    const Descriptor folder{::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!folder.is_open() || ::fsync(folder.get()) != 0) fail(path_, "cannot be written", errno);
    return read(file);
}

}  // namespace vcare::keys
