// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace vcare::program {

/// What every command ends with.
enum class ExitCode : int {
    done = 0,
    failed = 1,           ///< the thing asked for failed
    used_wrongly = 2,     ///< the command line or the configuration is wrong
    dependency_away = 3,  ///< the store, the keys or another dependency cannot be reached
};

using ConfigFile = std::optional<std::filesystem::path>;

// One struct a command, with what the command line says of it.
struct DemoCommand {
    std::uint16_t port = 3031;  ///< 0: any free one
    std::optional<std::filesystem::path> data;
    bool json = false;
    std::optional<std::chrono::seconds> exit_after;
};
struct ServeCommand {
    ConfigFile config;
    bool json = false;  ///< the log, whatever log.format says: it answers nothing
};
struct MigrateCommand {
    ConfigFile config;
    bool json = false;
};
struct ConfigCheckCommand {
    ConfigFile config;
    bool online = false;
    bool json = false;
};
struct ConfigSchemaCommand {
    bool json = false;
    bool markdown = false;
};
struct TokenStaffCommand {
    ConfigFile config;
    std::string tenant;
    std::string sub;
    std::string name;
    std::vector<std::string> roles;
    std::vector<std::string> scopes;
    std::vector<std::string> nodes;
    std::chrono::seconds ttl{3600};
    bool json = false;
};
struct LinkCommand {
    ConfigFile config;
    std::string tenant;
    std::string session;
    std::string participant;
    std::optional<std::chrono::seconds> ttl;
    bool json = false;
};
struct TenantAddCommand {
    ConfigFile config;
    std::string tenant;
    bool json = false;
};
struct TenantListCommand {
    ConfigFile config;
    bool json = false;
};
struct TenantSuspendCommand {
    ConfigFile config;
    std::string tenant;
    bool resume = false;
    bool json = false;
};
struct AuditVerifyCommand {
    ConfigFile config;
    std::optional<std::string> tenant;
    bool json = false;
};
struct AuditExportCommand {
    ConfigFile config;
    std::string tenant;
    std::optional<std::string> from;
    std::optional<std::string> to;
    bool json = false;  ///< changes nothing: what it prints is JSON
};
struct OutboxListCommand {
    ConfigFile config;
    bool json = false;
};
struct OutboxReplayCommand {
    ConfigFile config;
    std::optional<std::string> event;
    bool json = false;
};
struct InboxTakeCommand {
    ConfigFile config;
    std::string file = "-";  ///< one message a line; `-`: standard input
    bool json = false;
};
struct InboxListCommand {
    ConfigFile config;
    bool json = false;
};
struct InboxReplayCommand {
    ConfigFile config;
    std::optional<std::string> message;
    bool json = false;
};
struct InboxMappingCommand {
    ConfigFile config;
    std::string name;   ///< empty: the one that the configuration names
    bool json = false;  ///< changes nothing: what it prints is JSON
};
struct EncountersListCommand {
    ConfigFile config;
    bool json = false;
};
struct EncountersRetryCommand {
    ConfigFile config;
    std::optional<std::string> session;
    bool json = false;
};
struct KeysListCommand {
    ConfigFile config;
    std::optional<std::string> tenant;
    bool json = false;
};
struct KeysRotateCommand {
    ConfigFile config;
    std::optional<std::string> tenant;
    bool json = false;
};
struct RetentionRunCommand {
    ConfigFile config;
    std::optional<std::string> tenant;
    bool dry_run = false;
    bool json = false;
};
struct BackupCommand {
    ConfigFile config;
    std::filesystem::path to;
    bool json = false;
};
struct RestoreCommand {
    ConfigFile config;
    std::filesystem::path from;
    bool json = false;
};

using Command =
    std::variant<DemoCommand, ServeCommand, MigrateCommand, ConfigCheckCommand, ConfigSchemaCommand,
                 TokenStaffCommand, LinkCommand, TenantAddCommand, TenantListCommand, TenantSuspendCommand,
                 AuditVerifyCommand, AuditExportCommand, OutboxListCommand, OutboxReplayCommand,
                 InboxTakeCommand, InboxListCommand, InboxReplayCommand, InboxMappingCommand,
                 EncountersListCommand, EncountersRetryCommand, KeysListCommand, KeysRotateCommand,
                 RetentionRunCommand, BackupCommand, RestoreCommand>;

/// Why there is nothing to run: help or a version was asked for (`done`), or the line is wrong.
struct NothingToRun {
    ExitCode code = ExitCode::done;
    std::string standard_output = {};
    std::string standard_error = {};
};

[[nodiscard]] std::expected<Command, NothingToRun> parse_command_line(int argc, const char* const* argv);

}  // namespace vcare::program
