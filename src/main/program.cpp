// SPDX-License-Identifier: Apache-2.0
#include "main/program.hpp"

#include <csignal>
#include <cstdlib>

#include <malloc.h>
#include <sys/prctl.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "adapters/fhir/encounter_codec.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/consent_service.hpp"
#include "application/ports/fhir_gateway.hpp"
#include "application/ports/randomness.hpp"
#include "application/ports/telemetry.hpp"
#include "application/side_by_side.hpp"
#include "main/options.hpp"
#include "main/outside_services.hpp"
#include "main/outside_troubles.hpp"
#include "main/settings_file.hpp"
#include "main/settings_rules.hpp"
#include "main/settings_table.hpp"

namespace vcare::program {
namespace {

AdapterOptions adapter_options(const Settings& settings, application::LiveBus& live, Wakeup& outbox,
                               Loops& loops, const ProgramOptions& options) {
    AdapterOptions adapters;
    adapters.loops = loops.executors();
    adapters.live = &live;
    adapters.outbox_written = [&outbox] { outbox.wake(); };
    adapters.telemetry = telemetry_settings(settings);
    adapters.tell = options.tell;
    return adapters;
}

WorkerPace worker_pace(const Settings& settings) {
    return {.sweep_every = std::chrono::seconds{settings.sweeper.interval_seconds},
            .encounters_at_once = static_cast<unsigned>(settings.fhir.max_in_flight)};
}

WorkerPlan worker_plan(const Settings& settings, const std::string& replica, telemetry::TraceExporter* traces,
                       application::RetentionStore& retention, http::LiveHub& hub) {
    const bool deletes = settings.retention.interval_seconds > 0;
    return {.replica = replica,
            .sweeper_rests = std::chrono::seconds{settings.sweeper.rest_seconds},
            .pace = worker_pace(settings),
            .traces = traces,
            .retention_every = std::chrono::seconds{settings.retention.interval_seconds},
            .retention = deletes ? &retention : nullptr,
            .barred = [&hub](const domain::BarredUser& barred) { hub.bar(barred); }};
}

using Dependencies = std::vector<std::shared_ptr<http_client::Dependency>>;
Dependencies together(Dependencies some, const Dependencies& others) {
    some.insert(some.end(), others.begin(), others.end());
    return some;
}

std::string in_one_line(const std::vector<std::string_view>& names) {
    std::string line;
    for (const std::string_view name : names) line.append(line.empty() ? "" : " ").append(name);
    return line;
}

// New at every start, so that streams of a replica that died are known to be closed.
std::string new_replica_name(const application::Services& services) {
    domain::UlidEntropy entropy{};
    services.randomness.fill(entropy);
    return "replica-" + domain::make_ulid(services.clock.now(), entropy);
}

// Keys and credentials are in memory: no core dump and no debugger of the same user may read them. Not
// under a sanitizer, whose leak check works as a debugger.
void keep_memory_private() {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    return;
#endif
#endif
    ::prctl(PR_SET_DUMPABLE, 0);
}

// A closed socket and a file that may not grow are errors of the call that met them, not the process' end.
void survive_signals_of_writes() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

Task<Result<void>> prepare_to_serve(const application::Services* services, Workers* workers,
                                    DependencyBoard* board) {
    const auto announced = co_await workers->announce_replica();
    std::vector<Task<void>> looks;
    looks.push_back(board->look());
    looks.push_back(services->consent_service.look(nobody()));
    looks.push_back(services->fhir.look(nobody()));
    co_await application::side_by_side(std::move(looks));
    co_return announced;
}

/// Where nobody can be asked to mend it now, so that somebody finds it later.
void warn_of(const Settings& settings, application::Telemetry& telemetry) {
    if (brings_links_to_nobody(settings))
        telemetry.log(application::Severity::warning, "notify.reaches_nobody",
                      {{"problem", "notify.url is events: and events.url is inproc:, so no link is sent"}});
}

/// A service that refuses us for good is said now, while somebody watches, and not when the first patient
/// comes. One that is away is waited for: this one has to come up without it.
void judge(const std::vector<OutsideTrouble>& troubles, application::Telemetry& telemetry) {
    std::string lines;
    for (const OutsideTrouble& trouble : troubles) {
        if (trouble.is_for_good) lines += (lines.empty() ? "" : "\n") + trouble.sentence;
    }
    if (!lines.empty()) throw DependencyAway{lines};
    for (const OutsideTrouble& trouble : troubles)
        telemetry.log(application::Severity::warning, "dependency.away",
                      {{"dependency", trouble.dependency}, {"problem", trouble.sentence}});
}

}  // namespace

Program::Program(const Settings& settings, ProgramOptions options)
    : options_(std::move(options)),
      running_(settings),
      loops_(static_cast<unsigned>(settings.server.threads)),
      hub_(http::make_live_hub()),
      outbox_(loops_.first().get_executor()),
      received_(loops_.first().get_executor()),
      adapters_(settings, adapter_options(settings, *hub_, outbox_, loops_, options_)),
      inbox_(settings, adapters_.services(), [this] { received_.wake(); }),
      replica_(new_replica_name(adapters_.services())),
      traces_(make_trace_exporter(settings, adapters_.telemetry(), adapters_.services().clock, replica_)),
      board_(adapters_.services(), together(adapters_.remote(), inbox_.dependencies())),
      workers_(loops_.first().get_executor(), adapters_.services(), outbox_, inbox_, received_, board_,
               worker_plan(settings, replica_, traces_.get(), adapters_.store().retention(), *hub_)),
      loop_watch_(loops_.executors(), adapters_.services().telemetry),
      signals_(loops_.first(), SIGTERM, SIGINT, SIGHUP),
      stop_timer_(loops_.first()) {
    keep_memory_private();
    survive_signals_of_writes();
    // A few loops need a few arenas, not eight a core, each of which keeps what it once had.
    ::mallopt(M_ARENA_MAX, 2);

    http::ServerOptions serving = server_options(settings, replica_);
    serving.metrics = [this] { return adapters_.telemetry().exposition(); };
    serving.encode_encounter = [system =
                                    settings.fhir.identifier_system](const domain::Encounter& encounter) {
        return fhir::write_encounter(encounter, system);
    };
    serving.dependencies = [this] { return board_.states(); };
    server_ =
        http::make_server(loops_.executors(), adapters_.services(), samples_, *hub_, std::move(serving));
    server_->listen();

    const auto prepared = prepare(prepare_to_serve(&services(), &workers_, &board_));
    if (!prepared) throw DependencyAway{"the store does not answer"};
    warn_of(settings, services().telemetry);
    judge(troubles_of(settings, adapters_.remote()), services().telemetry);
}

void Program::run(const std::function<void()>& on_ready, std::optional<std::chrono::seconds> stop_after) {
    await_signal();
    if (stop_after) {
        stop_timer_.expires_after(*stop_after);
        stop_timer_.async_wait([this](boost::system::error_code cancelled) {
            if (!cancelled) begin_drain();
        });
    }
    workers_.start();
    loop_watch_.start();
    boost::asio::post(loops_.first(), on_ready);
    loops_.run();
}

void Program::await_signal() {
    signals_.async_wait([this](boost::system::error_code cancelled, int signal) {
        if (cancelled) return;
        if (signal == SIGHUP) {
            reload();
        } else if (is_draining_) {
            std::_Exit(static_cast<int>(ExitCode::failed));
        } else {
            begin_drain();
        }
        await_signal();
    });
}

void Program::begin_drain() {
    if (is_draining_) return;
    is_draining_ = true;
    services().telemetry.log(application::Severity::info, "server.draining");
    boost::asio::co_spawn(loops_.first(), drain(), [this](std::exception_ptr failure) {
        loops_.stop();
        if (failure) std::rethrow_exception(failure);
    });
}

Task<void> Program::drain() {
    co_await server_->stop();
    co_await workers_.stop();
}

void Program::reload() {
    const LoadedSettings loaded = load_settings(options_.config, process_environment());
    for (const SettingProblem& problem : loaded.problems) {
        services().telemetry.log(
            application::Severity::error, "config.refused",
            {{"where", problem.where}, {"key", problem.key}, {"problem", problem.message}});
    }
    if (!loaded.problems.empty()) return;
    const ChangedSettings changed = take_live(running_, loaded.settings);
    adapters_.take(running_);
    workers_.keep(worker_pace(running_));
    server_->keep_rates(rate_limits(running_));
    services().telemetry.log(application::Severity::info, "config.reloaded",
                             {{"keys", in_one_line(changed.taken)}});
    if (changed.need_restart.empty()) return;
    services().telemetry.log(application::Severity::warning, "config.needs_restart",
                             {{"keys", in_one_line(changed.need_restart)}});
}

}  // namespace vcare::program
