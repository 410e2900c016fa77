// SPDX-License-Identifier: Apache-2.0
#include "main/demo/demo_settings.hpp"

#include <fstream>

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "main/settings_table.hpp"

namespace vcare::program {
namespace {

namespace fs = std::filesystem;
using boost::asio::ip::tcp;

// The port that was asked for when nobody listens on it, else any free one.
std::uint16_t free_port(std::uint16_t wanted) {
    boost::asio::io_context context;
    boost::system::error_code problem;
    for (const std::uint16_t port : {wanted, std::uint16_t{0}}) {
        tcp::acceptor acceptor{context};
        acceptor.open(tcp::v4(), problem);
        acceptor.set_option(tcp::acceptor::reuse_address{true}, problem);
        acceptor.bind({boost::asio::ip::address_v4::loopback(), port}, problem);
        if (!problem) return acceptor.local_endpoint().port();
    }
    return wanted;
}

std::string local(std::uint16_t port) {
    return fmt::format("127.0.0.1:{}", port);
}

// Only what differs from the defaults, so that a person sees what is particular about this file.
std::string as_toml(Settings settings) {
    std::string text = "# Written by `vcare demo`; other commands work on it with --config.\n";
    std::string section;
    for (const SettingKey& key : setting_keys()) {
        const SettingValue value = value_of(settings, key);
        if (value == key.default_value) continue;
        const auto dot = key.name.rfind('.');
        const std::string_view its_section = dot == std::string_view::npos ? "" : key.name.substr(0, dot);
        if (its_section != section) text += fmt::format("\n[{}]\n", its_section);
        section = its_section;
        text += fmt::format("{} = {}\n", key.name.substr(dot == std::string_view::npos ? 0 : dot + 1),
                            to_toml(value));
    }
    return text;
}

void write_private(const fs::path& file, const std::string& text) {
    const fs::path fresh = file.string() + ".new";
    std::ofstream{fresh} << text;
    fs::permissions(fresh, fs::perms::owner_read | fs::perms::owner_write);
    fs::rename(fresh, file);
}

void put_ports(Settings& settings, std::uint16_t port) {
    const bool is_as_before = port != 0 && settings.server.listen == local(port);
    if (!is_as_before) {
        const std::uint16_t chosen = port != 0 ? port : free_port(0);
        settings.server.listen = local(chosen);
        settings.server.admin_listen = local(free_port(static_cast<std::uint16_t>(chosen + 1)));
    }
    settings.server.public_url = "http://" + settings.server.listen;
}

}  // namespace

std::expected<Settings, std::vector<SettingProblem>> demo_settings(const fs::path& folder,
                                                                   std::uint16_t port) {
    const fs::path file = folder / "vcare.toml";
    const bool is_new = !fs::exists(file);
    LoadedSettings loaded = load_settings(is_new ? std::nullopt : std::optional{file}, process_environment());
    if (!loaded.problems.empty()) return std::unexpected{std::move(loaded.problems)};
    Settings settings = std::move(loaded.settings);
    put_ports(settings, port);
    // Unless the environment names a server of somebody's own.
    if (is_embedded_store(settings)) settings.store.url = "sqlite:" + (folder / "vcare.db").string();
    settings.keys.url = "file:" + (folder / "keys").string();
    write_private(file, as_toml(settings));
    return settings;
}

}  // namespace vcare::program
