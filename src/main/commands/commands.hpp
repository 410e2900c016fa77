// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "main/command_line.hpp"

namespace vcare::program {

// Each runs one command to its end and says how it went. Answers go to standard output, problems to
// standard error.
[[nodiscard]] ExitCode run(const DemoCommand& command);
[[nodiscard]] ExitCode run(const ServeCommand& command);
[[nodiscard]] ExitCode run(const MigrateCommand& command);
[[nodiscard]] ExitCode run(const ConfigCheckCommand& command);
[[nodiscard]] ExitCode run(const ConfigSchemaCommand& command);
[[nodiscard]] ExitCode run(const TokenStaffCommand& command);
[[nodiscard]] ExitCode run(const LinkCommand& command);
[[nodiscard]] ExitCode run(const TenantAddCommand& command);
[[nodiscard]] ExitCode run(const TenantListCommand& command);
[[nodiscard]] ExitCode run(const TenantSuspendCommand& command);
[[nodiscard]] ExitCode run(const AuditVerifyCommand& command);
[[nodiscard]] ExitCode run(const AuditExportCommand& command);
[[nodiscard]] ExitCode run(const OutboxListCommand& command);
[[nodiscard]] ExitCode run(const OutboxReplayCommand& command);
[[nodiscard]] ExitCode run(const InboxTakeCommand& command);
[[nodiscard]] ExitCode run(const InboxListCommand& command);
[[nodiscard]] ExitCode run(const InboxReplayCommand& command);
[[nodiscard]] ExitCode run(const InboxMappingCommand& command);
[[nodiscard]] ExitCode run(const EncountersListCommand& command);
[[nodiscard]] ExitCode run(const EncountersRetryCommand& command);
[[nodiscard]] ExitCode run(const KeysListCommand& command);
[[nodiscard]] ExitCode run(const KeysRotateCommand& command);
[[nodiscard]] ExitCode run(const RetentionRunCommand& command);
[[nodiscard]] ExitCode run(const BackupCommand& command);
[[nodiscard]] ExitCode run(const RestoreCommand& command);

}  // namespace vcare::program
