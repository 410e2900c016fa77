// SPDX-License-Identifier: Apache-2.0
#include "simulation/workload.hpp"

#include <algorithm>
#include <array>

namespace vcare::simulation {

using application::ConsentChoice;
using domain::hours;
using domain::Instant;
using domain::milliseconds;
using domain::minutes;
using domain::ParticipantId;
using domain::ParticipantStatus;
using domain::Role;
using domain::seconds;
using domain::SessionData;
using domain::SessionStatus;
using requests::JoinAnswer;
using requests::SessionAnswer;
using requests::Staff;

namespace {

constexpr std::array clinics = {"clinic-create", "clinic-join", "clinic-hasty"};
/// How many visits begin in an hour of the simulation.
constexpr unsigned visits_an_hour = 120;

std::string bearer(const std::string& clinic, const std::string& user, const std::string& roles) {
    return clinic + "/" + user + "/" + roles;
}

domain::Phi<std::string> typed(const std::string& what) {
    return domain::Phi<std::string>{"PHI~" + what};
}

bool can_help_to_ask_again(const Error& error) {
    return domain::info_of(error.code).http_status == 503 || error.code == ErrorCode::rate_limited;
}

const domain::Participant* find(const SessionData& session, Role role) {
    const auto found = std::ranges::find(session.participants, role, &domain::Participant::role);
    return found == session.participants.end() ? nullptr : &*found;
}

}  // namespace

/// One visit, and what its people have in mind.
struct Workload::Visit {
    std::string clinic;
    unsigned number = 0;
    minutes ahead{5};  ///< how long before its start it is booked
    Instant start = {};
    std::string provider_bearer;
    std::string desk_bearer;
    domain::PatientId patient;
    std::optional<domain::SessionId> session = {};
    std::optional<ParticipantId> provider_seat = {};
    std::optional<ParticipantId> patient_seat = {};
    std::optional<ParticipantId> interpreter_seat = {};
    std::map<ParticipantId, std::string> codes = {};
    minutes length{10};

    bool with_interpreter = false;
    bool consent_on_file = true;
    bool is_cancelled = false;
    bool is_moved = false;
    bool provider_comes = true;
    bool patient_comes = true;
    bool everybody_vanishes = false;
    bool patient_withdraws = false;
    bool owner_changes_mind = false;
    bool interpreter_is_removed = false;

    [[nodiscard]] std::string label() const { return clinic + "#" + std::to_string(number); }
};

namespace {

/// Asks until there is an answer that asking again would not change. An error is one; silence, a crash and
/// a 503 are not. Gives up only when the service stays away for half a day.
template <class T>
Task<Result<T>> insist(World* world, Work<T> work) {
    milliseconds pause = seconds{1};
    const Instant give_up = world->now() + hours{12};
    while (world->now() < give_up) {
        auto outcome = co_await world->ask<T>(work);
        if (outcome && (*outcome || !can_help_to_ask_again(outcome->error()))) co_return std::move(*outcome);
        co_await world->pass(pause + world->dice().between(milliseconds{0}, seconds{2}));
        pause = std::min<milliseconds>(2 * pause, seconds{40});
    }
    co_return domain::refuse(ErrorCode::store_unavailable, "the client gave up");
}

void note(World* world, const std::string& clinic, const SessionAnswer& answer) {
    world->observers().acknowledged(
        {domain::TenantId::parse(clinic).value(), answer.id, answer.version, answer.status});
}

}  // namespace

void Workload::start() {
    client(open_clinics());
    started_ = true;
}

void Workload::client(Task<void> task) {
    ++running_;
    world_.spawn(counted(std::move(task)));
}

Task<void> Workload::counted(Task<void> task) {
    co_await std::move(task);
    --running_;
}

Task<void> Workload::open_clinics() {
    for (const std::string clinic : clinics) {
        domain::TenantConfig config;
        if (clinic == "clinic-join") config.telehealth_consent_at = domain::TelehealthConsentAt::join;
        if (clinic == "clinic-hasty") {
            config.interpreter_bypasses_waiting_room = true;
            config.abandon_after = minutes{3};
            config.join_window_after = minutes{5};
            config.grace_reconnect = seconds{15};
        }
        const Staff admin{bearer(clinic, "chief", "tenant_admin")};
        Work<domain::StoredTenantConfig> work = [admin, config](Core* core) {
            return requests::configure(core, admin, config);
        };
        (void)co_await insist(&world_, std::move(work));
    }
    for (unsigned number = 0; number < visits_; ++number) {
        Dice& dice = world_.dice();
        const std::string clinic = clinics.at(dice.below(clinics.size()));
        const std::string patient = "patient-" + std::to_string(dice.below(visits_ + 5));
        auto visit = std::make_shared<Visit>(
            Visit{.clinic = clinic,
                  .number = number,
                  .ahead = minutes{5 + dice.below(40)},
                  .provider_bearer = bearer(clinic, "doctor-" + std::to_string(dice.below(20)), "clinician"),
                  .desk_bearer = bearer(clinic, "desk", "scheduler+admin"),
                  .patient = domain::PatientId::parse(patient).value(),
                  .length = minutes{2 + dice.below(25)}});
        visit->with_interpreter = dice.chance(0.35);
        visit->consent_on_file = dice.chance(0.93);
        visit->is_cancelled = dice.chance(0.06);
        visit->is_moved = dice.chance(0.1);
        visit->provider_comes = dice.chance(0.93);
        visit->patient_comes = dice.chance(0.93);
        visit->everybody_vanishes = dice.chance(0.08);
        visit->patient_withdraws = dice.chance(0.06);
        visit->owner_changes_mind = dice.chance(0.15);
        visit->interpreter_is_removed = dice.chance(0.2);
        client(run(std::move(visit)));
    }
}

Task<void> Workload::run(std::shared_ptr<Visit> visit) {
    co_await world_.pass(minutes{visit->number * 60 / visits_an_hour});
    visit->start = world_.now() + visit->ahead;
    if (!co_await book(visit)) co_return;
    if (world_.dice().chance(0.2)) client(be_a_stranger(visit));
    if (visit->owner_changes_mind) client(change_the_owners_mind(visit));
    co_await send_links(visit);

    const Staff desk{visit->desk_bearer, "k" + std::to_string(++last_key_)};
    if (visit->is_moved) {
        visit->start += minutes{world_.dice().below(20)};
        Work<SessionAnswer> work = [desk, id = *visit->session, start = visit->start](Core* core) {
            return requests::reschedule(core, desk, id, start);
        };
        const auto moved = co_await insist(&world_, std::move(work));
        if (moved) note(&world_, visit->clinic, *moved);
        co_await send_links(visit);
    }
    if (visit->is_cancelled) {
        Work<SessionData> look = [desk, id = *visit->session](Core* core) {
            return requests::read(core, desk, id);
        };
        const auto session = co_await insist(&world_, std::move(look));
        if (!session) co_return;
        Work<SessionAnswer> work = [desk, id = *visit->session, version = session->version](Core* core) {
            return requests::cancel(core, desk, id, version, "PHI~typed reason");
        };
        const auto cancelled = co_await insist(&world_, std::move(work));
        if (cancelled) note(&world_, visit->clinic, *cancelled);
        if (cancelled) co_return;
    }
    if (visit->provider_comes) client(be_the_provider(visit));
    if (visit->patient_comes) client(be_the_patient(visit));
    if (visit->interpreter_seat) client(be_the_interpreter(visit));
}

Task<bool> Workload::book(std::shared_ptr<Visit> visit) {
    const ConsentOwner::Patient patient{domain::TenantId::parse(visit->clinic).value(), visit->patient};
    if (visit->consent_on_file) world_.consents().grant(patient);

    const Staff staff{visit->provider_bearer, "k" + std::to_string(++last_key_)};
    application::CreateSession::Command order{.patient = visit->patient, .scheduled_start = visit->start};
    order.reason_for_visit = typed("reason for the visit");
    const std::size_t user_at = visit->provider_bearer.find('/') + 1;
    const std::size_t user_length = visit->provider_bearer.rfind('/') - user_at;
    auto people = std::vector<application::CreateSession::Person>{
        {.role = Role::provider,
         .user = domain::UserId::parse(visit->provider_bearer.substr(user_at, user_length)),
         .display_name = typed("doctor")},
        {.role = Role::patient,
         .display_name = typed("patient"),
         .contact = {.email = typed("mail"), .phone = typed("phone")}}};
    if (visit->with_interpreter)
        people.push_back(
            {.role = Role::interpreter, .display_name = typed("interpreter"), .linked_to_patient = true});
    order.participants = std::move(people);

    Work<SessionAnswer> work = [staff, order](Core* core) { return requests::create(core, staff, order); };
    const auto made = co_await insist(&world_, std::move(work));
    world_.trace(visit->label() + (made ? " booked" : " refused"));
    if (!made) {
        ++tally_.refused;
        co_return false;
    }
    ++tally_.booked;
    note(&world_, visit->clinic, *made);
    visit->session = made->id;

    Work<SessionData> look = [staff, id = made->id](Core* core) { return requests::read(core, staff, id); };
    const auto session = co_await insist(&world_, std::move(look));
    if (!session) co_return false;
    world_.observers().shown(patient.first, *session);
    visit->provider_seat = find(*session, Role::provider)->id;
    visit->patient_seat = find(*session, Role::patient)->id;
    if (const auto* interpreter = find(*session, Role::interpreter))
        visit->interpreter_seat = interpreter->id;
    co_return true;
}

Task<void> Workload::send_links(std::shared_ptr<Visit> visit) {
    std::vector<ParticipantId> people = {*visit->patient_seat};
    if (visit->interpreter_seat) people.push_back(*visit->interpreter_seat);
    for (const ParticipantId& person : people) {
        const Staff desk{visit->desk_bearer, "k" + std::to_string(++last_key_)};
        Work<std::string> work = [desk, id = *visit->session, person](Core* core) {
            return requests::issue_link(core, desk, id, person);
        };
        const auto code = co_await insist(&world_, std::move(work));
        if (code) visit->codes[person] = *code;
    }
}

/// Somebody of another clinic who knows every id and gets nothing out of it.
Task<void> Workload::be_a_stranger(std::shared_ptr<Visit> visit) {
    const std::string elsewhere = visit->clinic == clinics[0] ? clinics[1] : clinics[0];
    const Staff stranger{bearer(elsewhere, "stranger", "clinician+admin+scheduler")};
    const auto tenant = domain::TenantId::parse(elsewhere).value();
    Work<SessionData> look = [stranger, id = *visit->session](Core* core) {
        return requests::read(core, stranger, id);
    };
    const auto seen = co_await insist(&world_, std::move(look));
    if (seen) world_.observers().shown(tenant, *seen);
    Work<SessionAnswer> end = [stranger, id = *visit->session](Core* core) {
        return requests::end(core, stranger, id, 1);
    };
    const auto ended = co_await insist(&world_, std::move(end));
    if (ended) note(&world_, elsewhere, *ended);
    Work<std::vector<SessionData>> list = [stranger](Core* core) { return requests::list(core, stranger); };
    const auto all = co_await insist(&world_, std::move(list));
    if (!all) co_return;
    for (const SessionData& session : *all) world_.observers().shown(tenant, session);
}

/// The owner of consents hears of a withdrawal that nobody tells us, and of a grant again.
Task<void> Workload::change_the_owners_mind(std::shared_ptr<Visit> visit) {
    const ConsentOwner::Patient patient{domain::TenantId::parse(visit->clinic).value(), visit->patient};
    co_await world_.pass(world_.dice().between(minutes{0}, minutes{50}));
    world_.consents().withdraw(patient);
    co_await world_.pass(world_.dice().between(minutes{1}, minutes{30}));
    if (world_.dice().chance(0.7)) world_.consents().grant(patient);
}

Task<void> Workload::be_the_provider(std::shared_ptr<Visit> visit) {
    const milliseconds early = world_.dice().between(minutes{0}, minutes{6});
    co_await world_.pass(visit->start - early - world_.now());
    const Staff staff{visit->provider_bearer};
    Work<JoinAnswer> join = [staff, id = *visit->session, seat = *visit->provider_seat](Core* core) {
        return requests::join_as_staff(core, staff, id, seat);
    };
    const auto joined = co_await insist(&world_, join);
    if (!joined) co_return;
    ++tally_.joined;
    client(stay(visit, joined->credential, false));

    const Instant give_up = visit->start + hours{8};
    while (world_.now() < give_up) {
        co_await world_.pass(world_.dice().between(seconds{10}, seconds{90}));
        Work<SessionData> look = [staff, id = *visit->session](Core* core) {
            return requests::read(core, staff, id);
        };
        const auto session = co_await insist(&world_, std::move(look));
        if (!session || domain::is_terminal(session->status)) break;
        world_.observers().shown(session->tenant, *session);
        co_await let_in_whoever_waits(visit, *session);

        const bool is_active = session->status == SessionStatus::active;
        if (is_active && visit->everybody_vanishes) break;
        const bool has_talked_enough = is_active && world_.now() > *session->actual_start + visit->length;
        if (!has_talked_enough && is_active && world_.dice().chance(0.05)) {
            const auto mode = world_.dice().chance(0.7) ? domain::Mode::audio_only : domain::Mode::async_text;
            Work<SessionAnswer> change = [staff, id = *visit->session, mode](Core* core) {
                return requests::fall_back(core, staff, id, mode);
            };
            (void)co_await insist(&world_, std::move(change));
        }
        if (!has_talked_enough) continue;
        Staff ends{visit->provider_bearer, "k" + std::to_string(++last_key_)};
        Work<SessionAnswer> end = [ends, id = *visit->session, version = session->version](Core* core) {
            return requests::end(core, ends, id, version);
        };
        const auto ended = co_await insist(&world_, std::move(end));
        if (ended) note(&world_, visit->clinic, *ended);
        if (ended) break;
    }
    world_.trace(visit->label() + " provider done");
}

Task<void> Workload::let_in_whoever_waits(std::shared_ptr<Visit> visit, SessionData session) {
    std::uint64_t version = session.version;
    for (const domain::Participant& person : session.participants) {
        const Staff staff{visit->provider_bearer, "k" + std::to_string(++last_key_)};
        const bool is_in = person.role == Role::interpreter && person.is_in_the_visit();
        if (is_in && visit->interpreter_is_removed) {
            visit->interpreter_is_removed = false;
            Work<SessionAnswer> work = [staff, id = session.id, seat = person.id](Core* core) {
                return requests::remove(core, staff, id, seat);
            };
            const auto removed = co_await insist(&world_, std::move(work));
            if (removed) note(&world_, visit->clinic, *removed);
            co_return;
        }
        if (person.status != ParticipantStatus::waiting) continue;
        Work<SessionAnswer> work = [staff, id = session.id, seat = person.id, version](Core* core) {
            return requests::admit(core, staff, id, seat, version);
        };
        const auto admitted = co_await insist(&world_, std::move(work));
        if (!admitted) continue;
        version = admitted->version;
        ++tally_.admitted;
        note(&world_, visit->clinic, *admitted);
        world_.trace(visit->label() + " admitted");
    }
}

/// Uses the link until it works; empty when it never does.
Task<std::string> Workload::come_in(std::shared_ptr<Visit> visit, ParticipantId participant) {
    const Instant give_up = visit->start + hours{2};
    while (world_.now() < give_up) {
        const std::string key = "k" + std::to_string(++last_key_);
        Work<domain::LinkState> look = [code = visit->codes[participant]](Core* core) {
            return requests::preview(core, code);
        };
        (void)co_await insist(&world_, std::move(look));
        Work<JoinAnswer> work = [code = visit->codes[participant], key](Core* core) {
            return requests::join(core, code, key, {});
        };
        const auto joined = co_await insist(&world_, std::move(work));
        if (joined) {
            ++tally_.joined;
            co_return joined->credential;
        }
        const bool may_change = joined.error().code == ErrorCode::consent_required ||
                                joined.error().code == ErrorCode::token_not_yet_valid;
        if (!may_change) {
            Work<bool> ask = [code = visit->codes[participant]](Core* core) {
                return requests::ask_for_link(core, code);
            };
            (void)co_await insist(&world_, std::move(ask));
            co_return "";
        }
        co_await world_.pass(minutes{2});
    }
    co_return "";
}

Task<void> Workload::be_the_patient(std::shared_ptr<Visit> visit) {
    co_await world_.pass(visit->start - world_.dice().between(minutes{0}, minutes{16}) - world_.now());
    std::string credential = co_await come_in(visit, *visit->patient_seat);
    if (!credential.empty()) co_await stay(visit, std::move(credential), true);
}

Task<void> Workload::be_the_interpreter(std::shared_ptr<Visit> visit) {
    co_await world_.pass(visit->start - world_.dice().between(minutes{0}, minutes{10}) - world_.now());
    std::string credential = co_await come_in(visit, *visit->interpreter_seat);
    if (!credential.empty()) co_await stay(visit, std::move(credential), false);
}

/// A page that is open: it keeps a stream, asks how things are, and does what there is to do.
Task<void> Workload::stay(std::shared_ptr<Visit> visit, std::string credential, bool is_patient) {
    Dice& dice = world_.dice();
    std::string stream_id;
    const Instant give_up = visit->start + hours{9};
    while (world_.now() < give_up) {
        const bool has_stream = world_.core() && world_.core()->has_open(stream_id);
        if (!has_stream) {
            stream_id = "s" + std::to_string(++last_key_);
            Work<bool> open = [credential, stream_id](Core* core) {
                return requests::open_stream(core, credential, stream_id);
            };
            const auto opened = co_await insist(&world_, std::move(open));
            if (!opened) break;
        }
        co_await world_.pass(dice.between(seconds{10}, seconds{150}));

        Work<requests::VisitAnswer> look = [credential](Core* core) {
            return requests::view(core, credential);
        };
        const auto seen = co_await insist(&world_, std::move(look));
        if (!seen || domain::is_terminal(seen->session)) break;
        const bool is_in =
            seen->self == ParticipantStatus::admitted || seen->self == ParticipantStatus::active;
        const bool vanishes = visit->everybody_vanishes && seen->session == SessionStatus::active;
        if (vanishes && dice.chance(0.3)) break;

        using Decision = ConsentChoice::Decision;
        const bool withdraws = is_patient && visit->patient_withdraws && dice.chance(0.2);
        if (withdraws || (is_patient && seen->consent_needed && dice.chance(0.7))) {
            Work<bool> answer = [credential, withdraws](Core* core) {
                return requests::answer_consent(core, credential,
                                                withdraws ? Decision::withdrawn : Decision::granted);
            };
            (void)co_await insist(&world_, std::move(answer));
        }
        if (is_in && (seen->self == ParticipantStatus::admitted || dice.chance(0.1))) {
            Work<bool> enter = [credential](Core* core) { return requests::enter_video(core, credential); };
            (void)co_await insist(&world_, std::move(enter));
        }
        if (is_in && dice.chance(0.5)) {
            const double kbps = dice.chance(0.2) ? 20 : 900;
            Work<domain::FallbackAdvice> report = [credential, kbps](Core* core) {
                return requests::report_connection(core, credential, kbps);
            };
            (void)co_await world_.ask(std::move(report));
        }
        if (is_patient && dice.chance(0.1)) {
            Work<bool> give = [credential](Core* core) {
                return requests::give_whereabouts(core, credential, "PHI~address");
            };
            (void)co_await insist(&world_, std::move(give));
        }
        if (is_in && !is_patient && dice.chance(0.02)) {
            Work<bool> go = [credential](Core* core) { return requests::leave(core, credential); };
            (void)co_await insist(&world_, std::move(go));
        }
        if (dice.chance(0.08)) {  // a reload, or a train in a tunnel
            co_await close(credential, stream_id);
            co_await world_.pass(dice.between(seconds{1}, dice.chance(0.2) ? seconds{400} : seconds{20}));
        }
    }
    co_await close(std::move(credential), std::move(stream_id));
}

Task<void> Workload::close(std::string credential, std::string stream_id) {
    Work<bool> work = [credential, stream_id](Core* core) {
        return requests::close_stream(core, credential, stream_id);
    };
    (void)co_await insist(&world_, std::move(work));
}

}  // namespace vcare::simulation
