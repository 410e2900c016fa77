// SPDX-License-Identifier: Apache-2.0
#include "main/command_line.hpp"

#include <CLI/CLI.hpp>

#include "main/version.hpp"

namespace vcare::program {
namespace {

// Builds the commands; the one that the line names ends up in `chosen`.
class CommandLine {
  public:
    CommandLine() {
        app_.set_version_flag("--version", "vcare " + std::string{program_version()});
        app_.set_help_all_flag("--help-all", "Help of every command");
        app_.require_subcommand(1);
        app_.footer(
            "Exit codes: 0 done, 1 it failed, 2 used wrongly, 3 a dependency is away.\n"
            "Example:\n  vcare demo");
        add_running();
        add_configuration();
        add_access();
        add_tenants();
        add_audit();
        add_queues();
        add_keys();
        add_retention();
        add_copies();
    }

    std::expected<Command, NothingToRun> parse(int argc, const char* const* argv) {
        std::ostringstream out;
        std::ostringstream err;
        try {
            app_.parse(argc, argv);
        } catch (const CLI::ParseError& wrong) {
            const bool asked_for = app_.exit(wrong, out, err) == 0;
            const ExitCode code = asked_for ? ExitCode::done : ExitCode::used_wrongly;
            return std::unexpected{NothingToRun{code, out.str(), err.str()}};
        }
        return std::move(*chosen_);
    }

  private:
    // A command whose options write into `options`, which becomes the chosen command.
    template <class Options>
    CLI::App* command(CLI::App& parent, const std::string& name, const std::string& about,
                      const std::string& example, std::shared_ptr<Options> options) {
        CLI::App* made = parent.add_subcommand(name, about);
        made->footer("Example:\n  " + example);
        made->callback([this, options] { chosen_ = std::move(*options); });
        if constexpr (requires { options->config; }) {
            made->add_option("--config", options->config, "The configuration's TOML file");
        }
        if constexpr (requires { options->json; }) made->add_flag("--json", options->json, "Answer in JSON");
        return made;
    }

    CLI::App& group(const std::string& name, const std::string& about) {
        CLI::App* made = app_.add_subcommand(name, about);
        made->require_subcommand(1);
        return *made;
    }

    void add_running() {
        auto demo = std::make_shared<DemoCommand>();
        CLI::App* made = command(app_, "demo", "Start a sample clinic with one visit that can be joined now",
                                 "vcare demo --data ./demo", demo);
        made->add_option("--port", demo->port, "Port of the pages and the API; 0 is any free one")
            ->capture_default_str();
        made->add_option("--data", demo->data, "Folder to keep the clinic in; a temporary one by default");
        made->add_option("--exit-after", demo->exit_after, "Stop by itself after so many seconds")
            ->type_name("SECONDS");

        command(app_, "serve", "Serve as configured until SIGTERM", "vcare serve --config /etc/vcare.toml",
                std::make_shared<ServeCommand>())
            ->get_option("--json")
            ->description("Write the log in JSON, whatever log.format says; there is no other answer");
        command(app_, "migrate", "Bring the store to this version's shape",
                "vcare migrate --config /etc/vcare.toml", std::make_shared<MigrateCommand>());
    }

    void add_configuration() {
        CLI::App& config = group("config", "Look at the configuration");
        auto check = std::make_shared<ConfigCheckCommand>();
        CLI::App* made = command(config, "check", "Say every problem of a configuration",
                                 "vcare config check --online --config /etc/vcare.toml", check);
        made->add_flag("--online", check->online, "Ask everything that the service depends on, too");
        auto schema = std::make_shared<ConfigSchemaCommand>();
        made = command(config, "schema", "Say every key with its default and its meaning",
                       "vcare config schema", schema);
        made->add_flag("--markdown", schema->markdown, "Answer with a table for documentation");
    }

    void add_access() {
        auto token = std::make_shared<TokenStaffCommand>();
        CLI::App& tokens = group("token", "Make access tokens");
        CLI::App* staff = command(
            tokens, "staff", "A bearer token of the embedded issuer; refused in production",
            "vcare token staff --config vcare.toml --tenant clinic --sub dr-rahimi --role clinician", token);
        staff->add_option("--tenant", token->tenant, "Tenant it is for")->required();
        staff->add_option("--sub", token->sub, "User it is for; with role patient the patient's id")
            ->required();
        staff->add_option("--role", token->roles, "Role, may be repeated")->required();
        staff->add_option("--scope", token->scopes, "Scope, may be repeated; all of the roles by default");
        staff->add_option("--node", token->nodes, "Facility, may be repeated");
        staff->add_option("--name", token->name, "Name shown to others");
        staff->add_option("--ttl", token->ttl, "Seconds until it expires")->capture_default_str();

        auto link = std::make_shared<LinkCommand>();
        CLI::App* made = command(app_, "link", "A new join link for a participant; the one before is void",
                                 "vcare link --config vcare.toml --tenant clinic --session vsn_… "
                                 "--participant vsp_…",
                                 link);
        made->add_option("--tenant", link->tenant, "Tenant of the visit")->required();
        made->add_option("--session", link->session, "Visit")->required();
        made->add_option("--participant", link->participant, "Who the link is for")->required();
        made->add_option("--ttl", link->ttl,
                         "Seconds until it expires; the end of the join window by default");
    }

    void add_tenants() {
        CLI::App& tenants = group("tenant", "Look after tenants");
        auto add = std::make_shared<TenantAddCommand>();
        command(tenants, "add", "Make a tenant with a default configuration",
                "vcare tenant add clinic --config vcare.toml", add)
            ->add_option("tenant", add->tenant, "Its id")
            ->required();
        command(tenants, "list", "Say every tenant", "vcare tenant list --config vcare.toml",
                std::make_shared<TenantListCommand>());
        auto suspend = std::make_shared<TenantSuspendCommand>();
        CLI::App* made = command(tenants, "suspend", "Keep a tenant from starting anything new, within 5 s",
                                 "vcare tenant suspend clinic --config vcare.toml", suspend);
        made->add_option("tenant", suspend->tenant, "Its id")->required();
        made->add_flag("--resume", suspend->resume, "Let it go on instead");
    }

    void add_audit() {
        CLI::App& audit = group("audit", "Check and export the audit log");
        auto verify = std::make_shared<AuditVerifyCommand>();
        command(audit, "verify", "Say whether the chains are intact, or name the first break",
                "vcare audit verify --config vcare.toml", verify)
            ->add_option("--tenant", verify->tenant, "Only this tenant's");
        auto exported = std::make_shared<AuditExportCommand>();
        CLI::App* made =
            command(audit, "export", "FHIR AuditEvent resources, one a line",
                    "vcare audit export --config vcare.toml --tenant clinic > audit.ndjson", exported);
        made->add_option("--tenant", exported->tenant, "Whose")->required();
        made->add_option("--from", exported->from, "Only from this time on (RFC 3339)");
        made->add_option("--to", exported->to, "Only before this time (RFC 3339)");
    }

    void add_queues() {
        CLI::App& outbox = group("outbox", "Look after events on their way");
        command(outbox, "list", "Say what the broker does not have yet, and what it will not have",
                "vcare outbox list --config vcare.toml", std::make_shared<OutboxListCommand>());
        auto replay = std::make_shared<OutboxReplayCommand>();
        command(outbox, "replay", "Publish dead letters again, once what was wrong is mended",
                "vcare outbox replay --config vcare.toml --event evt_…", replay)
            ->add_option("--event", replay->event, "Only this one");
        CLI::App& inbox = group("inbox", "Look after messages of other services");
        auto take = std::make_shared<InboxTakeCommand>();
        command(inbox, "take", "Take messages out of a file, one a line, as if they came from the broker",
                "vcare inbox take events.ndjson --config vcare.toml", take)
            ->add_option("file", take->file, "The file; - for standard input")
            ->capture_default_str();
        command(inbox, "list", "Say which messages failed, and why", "vcare inbox list --config vcare.toml",
                std::make_shared<InboxListCommand>());
        auto again = std::make_shared<InboxReplayCommand>();
        command(inbox, "replay", "Take dead letters again, once what was wrong is mended",
                "vcare inbox replay --config vcare.toml --message SCHEDULING:7", again)
            ->add_option("--message", again->message, "Only this one");
        auto mapping = std::make_shared<InboxMappingCommand>();
        command(inbox, "mapping", "Say how producers name and shape what they tell",
                "vcare inbox mapping plain", mapping)
            ->add_option("name", mapping->name,
                         "cloudevents, plain or file:PATH; the configuration's by default");
        CLI::App& encounters = group("encounters", "Look after Encounters owed to the record");
        command(encounters, "list", "Say every Encounter owed", "vcare encounters list --config vcare.toml",
                std::make_shared<EncountersListCommand>());
        auto retry = std::make_shared<EncountersRetryCommand>();
        command(encounters, "retry", "Try again now, the refused ones too",
                "vcare encounters retry --config vcare.toml --session vsn_…", retry)
            ->add_option("--session", retry->session, "Only this visit's");
    }

    void add_keys() {
        CLI::App& keys = group("keys", "Look after the keys of tenants");
        auto list = std::make_shared<KeysListCommand>();
        command(keys, "list", "Say every version of every key, and until when it is needed",
                "vcare keys list --config vcare.toml --tenant clinic", list)
            ->add_option("--tenant", list->tenant, "Only this tenant's");
        auto rotate = std::make_shared<KeysRotateCommand>();
        command(keys, "rotate",
                "New versions for what is new; older ones are honoured while a link or an answer needs them",
                "vcare keys rotate --config vcare.toml --tenant clinic", rotate)
            ->add_option("--tenant", rotate->tenant, "Only this tenant's");
    }

    void add_retention() {
        CLI::App& retention = group("retention", "Look after what is kept for how long");
        auto run = std::make_shared<RetentionRunCommand>();
        CLI::App* made =
            command(retention, "run",
                    "Delete the visits and audit entries that tenants have kept for their retentionDays and "
                    "auditRetentionDays, also while the service runs",
                    "vcare retention run --config vcare.toml --tenant clinic --dry-run", run);
        made->add_option("--tenant", run->tenant, "Only this tenant's");
        made->add_flag("--dry-run", run->dry_run, "Only say what would go");
    }

    void add_copies() {
        auto backup = std::make_shared<BackupCommand>();
        command(app_, "backup", "Copy store and keys into one file, also while the service runs",
                "vcare backup --config vcare.toml --to vcare.backup", backup)
            ->add_option("--to", backup->to, "File to write; must not exist")
            ->required();
        auto restore = std::make_shared<RestoreCommand>();
        command(app_, "restore", "Put a copy back where no store is yet",
                "vcare restore --config vcare.toml --from vcare.backup", restore)
            ->add_option("--from", restore->from, "File that backup wrote")
            ->required();
    }

    CLI::App app_{"Video visits for clinics.", "vcare"};
    std::optional<Command> chosen_;
};

}  // namespace

std::expected<Command, NothingToRun> parse_command_line(int argc, const char* const* argv) {
    return CommandLine{}.parse(argc, argv);
}

}  // namespace vcare::program
