// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/id_maker.hpp"
#include "application/ports/unit_of_work.hpp"
#include "application/services.hpp"

namespace vcare::application {

/// Gathers what one command changes into a unit of work: the session's own change with its events, the
/// audit entry, the next time the sweeper has to look, and the kept answer. One a try; a plain local.
class UnitBuilder {
  public:
    UnitBuilder(const Services& services, RequestContext request, domain::Occasion occasion);

    [[nodiscard]] const domain::Occasion& occasion() const { return occasion_; }
    [[nodiscard]] UnitOfWork& unit() { return unit_; }
    /// When the sweeper looks at the session, unless its change has it look earlier.
    void look_at(std::optional<domain::Instant> at) { look_at_ = at; }

    /// Takes the session's noted change, with whom it has to be told to and when they are to be reminded. A
    /// finished session voids every credential of its people.
    void add(domain::Session& session, const domain::TenantConfig& config);
    void add(domain::Event event);
    /// Somebody is told something beside what the session's own changes tell.
    void tell(domain::Notification told, const domain::SessionData& session,
              const domain::TenantConfig& config);
    void audit(std::string action, std::optional<domain::SessionId> session,
               std::optional<domain::PatientId> patient = {});

    template <class Answer>
    void keep(const KeepAnswer<Answer>& keep, const Answer& answer) {
        if (keep.key) unit_.kept_answer = {*keep.key, keep.render(answer), occasion_.at};
    }

    [[nodiscard]] UnitOfWork take() { return std::move(unit_); }

  private:
    [[nodiscard]] OutboxEntry entry_of(domain::Event event);

    IdMaker ids_;
    Notifying::By notifying_;
    RequestContext request_;
    domain::Occasion occasion_;
    std::optional<domain::Instant> look_at_;
    UnitOfWork unit_;
};

}  // namespace vcare::application
