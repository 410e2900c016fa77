// SPDX-License-Identifier: Apache-2.0
#include "adapters/sealing/sealed_ports.hpp"

#include "adapters/sealing/phi_seal.hpp"

namespace vcare::sealing {
namespace {

using namespace domain;
using application::FoundSession;
using application::KeptAnswerRecord;
using application::Page;
using application::SessionQuery;
using application::UnitOfWork;
using application::WaitingEntry;

class SealedUnits final : public application::UnitOfWorkRunner {
  public:
    SealedUnits(application::UnitOfWorkRunner& store, SealNeeds needs)
        : store_(store), seal_(needs.keys, needs.telemetry) {}

    Task<Result<application::CommitOutcome>> commit(TenantScope scope, UnitOfWork unit) override {
        auto sealed = co_await seal_.sealed(scope, std::move(unit));
        if (!sealed) co_return std::unexpected{sealed.error()};
        co_return co_await store_.commit(std::move(scope), *std::move(sealed));
    }

  private:
    application::UnitOfWorkRunner& store_;
    PhiSeal seal_;
};

class SealedSessions final : public application::SessionStore {
  public:
    SealedSessions(application::SessionStore& store, SealNeeds needs)
        : store_(store), seal_(needs.keys, needs.telemetry) {}

    Task<Result<std::optional<SessionData>>> find_session(TenantScope scope, SessionId id) override {
        return opened(scope, store_.find_session(scope, std::move(id)));
    }
    Task<Result<std::optional<FoundSession>>> find_with_config(TenantScope scope, SessionId id) override {
        return opened(scope, store_.find_with_config(scope, std::move(id)));
    }
    Task<Result<std::optional<SessionData>>> find_session_of(TenantScope scope,
                                                             ParticipantId participant) override {
        return opened(scope, store_.find_session_of(scope, std::move(participant)));
    }
    Task<Result<Page<SessionData>>> list_sessions(TenantScope scope, SessionQuery query) override {
        return opened(scope, store_.list_sessions(scope, std::move(query)));
    }
    Task<Result<std::vector<SessionData>>> open_sessions_of(TenantScope scope, PatientId patient) override {
        return opened(scope, store_.open_sessions_of(scope, std::move(patient)));
    }
    Task<Result<std::vector<SessionData>>> open_sessions_with(TenantScope scope, UserId user) override {
        return opened(scope, store_.open_sessions_with(scope, std::move(user)));
    }
    Task<Result<std::optional<SessionData>>> find_session_for(TenantScope scope,
                                                              AppointmentId appointment) override {
        return opened(scope, store_.find_session_for(scope, std::move(appointment)));
    }
    Task<Result<std::vector<WaitingEntry>>> waiting_room(TenantScope scope, Reach reach) override {
        return opened(scope, store_.waiting_room(scope, std::move(reach)));
    }
    Task<Result<unsigned>> waiting_before(TenantScope scope, SessionId session,
                                          ParticipantId participant) override {
        return store_.waiting_before(std::move(scope), std::move(session), std::move(participant));
    }
    Task<Result<std::vector<TimelineItem>>> timeline(TenantScope scope, SessionId id) override {
        auto lines = co_await store_.timeline(scope, id);
        if (!lines) co_return lines;
        Result<Timeline> stored = Timeline{.session = std::move(id), .lines = *std::move(lines)};
        auto timeline = co_await seal_.opened(std::move(scope), std::move(stored));
        if (!timeline) co_return std::unexpected{timeline.error()};
        co_return std::move(timeline->lines);
    }
    Task<Result<std::vector<application::DeviceCheckRecord>>> device_checks(TenantScope scope,
                                                                            SessionId id) override {
        return store_.device_checks(std::move(scope), std::move(id));
    }
    Task<Result<std::vector<application::WhereaboutsRecord>>> whereabouts(TenantScope scope,
                                                                          SessionId id) override {
        return store_.whereabouts(std::move(scope), std::move(id));
    }
    Task<Result<std::vector<application::ConsentRefusal>>> refusals(TenantScope scope,
                                                                    SessionId id) override {
        return store_.refusals(std::move(scope), std::move(id));
    }

  private:
    template <class Record>
    Task<Result<Record>> opened(TenantScope scope, Task<Result<Record>> finding) {
        auto found = co_await std::move(finding);
        co_return co_await seal_.opened(std::move(scope), std::move(found));
    }

    application::SessionStore& store_;
    PhiSeal seal_;
};

class SealedCredentials final : public application::CredentialStore {
  public:
    SealedCredentials(application::CredentialStore& store, SealNeeds needs)
        : store_(store), seal_(needs.keys, needs.telemetry) {}

    Task<Result<std::optional<JoinTokenRecord>>> find_token(TenantScope scope, std::string jti) override {
        return store_.find_token(std::move(scope), std::move(jti));
    }
    Task<Result<std::optional<JoinTokenRecord>>> find_token_by_code(TenantScope scope,
                                                                    std::string code_hash) override {
        return store_.find_token_by_code(std::move(scope), std::move(code_hash));
    }
    Task<Result<std::optional<JoinTokenRecord>>> newest_token(TenantScope scope,
                                                              ParticipantId participant) override {
        return store_.newest_token(std::move(scope), std::move(participant));
    }
    Task<Result<std::optional<application::VisitCredentialRecord>>> find_credential(
        TenantScope scope, ParticipantId participant, std::string secret_hash) override {
        return store_.find_credential(std::move(scope), std::move(participant), std::move(secret_hash));
    }
    Task<Result<std::optional<KeptAnswerRecord>>> find_kept_answer(TenantScope scope, std::string caller,
                                                                   std::string key) override {
        auto kept = co_await store_.find_kept_answer(scope, std::move(caller), std::move(key));
        co_return co_await seal_.opened(std::move(scope), std::move(kept));
    }

  private:
    application::CredentialStore& store_;
    PhiSeal seal_;
};

class SealedEncounters final : public application::EncounterKeeper {
  public:
    SealedEncounters(application::EncounterKeeper& store, SealNeeds needs)
        : store_(store), seal_(needs.keys, needs.telemetry) {}

    Task<Result<Kept>> keep(TenantScope scope, std::string identifier, std::string new_id,
                            std::string json) override {
        KeptEncounter plain{.id = new_id, .json = std::move(json)};
        auto sealed = co_await seal_.sealed(scope, std::move(plain));
        if (!sealed) co_return std::unexpected{sealed.error()};
        co_return co_await store_.keep(std::move(scope), std::move(identifier), std::move(new_id),
                                       std::move(sealed->json));
    }

    Task<Result<std::optional<std::string>>> read(TenantScope scope, std::string id) override {
        auto json = co_await store_.read(scope, id);
        if (!json) co_return std::unexpected{json.error()};
        if (!*json) co_return std::optional<std::string>{};
        Result<KeptEncounter> stored = KeptEncounter{.id = std::move(id), .json = **std::move(json)};
        auto kept = co_await seal_.opened(std::move(scope), std::move(stored));
        if (!kept) co_return std::unexpected{kept.error()};
        co_return std::optional{std::move(kept->json)};
    }

  private:
    application::EncounterKeeper& store_;
    PhiSeal seal_;
};

}  // namespace

std::unique_ptr<application::UnitOfWorkRunner> make_sealed_units(application::UnitOfWorkRunner& store,
                                                                 SealNeeds needs) {
    return std::make_unique<SealedUnits>(store, needs);
}

std::unique_ptr<application::SessionStore> make_sealed_sessions(application::SessionStore& store,
                                                                SealNeeds needs) {
    return std::make_unique<SealedSessions>(store, needs);
}

std::unique_ptr<application::CredentialStore> make_sealed_credentials(application::CredentialStore& store,
                                                                      SealNeeds needs) {
    return std::make_unique<SealedCredentials>(store, needs);
}

std::unique_ptr<application::EncounterKeeper> make_sealed_encounters(application::EncounterKeeper& store,
                                                                     SealNeeds needs) {
    return std::make_unique<SealedEncounters>(store, needs);
}

}  // namespace vcare::sealing
