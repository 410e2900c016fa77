// SPDX-License-Identifier: Apache-2.0
#include "application/audit_chain.hpp"

#include "application/ports/keys.hpp"

namespace vcare::application {
namespace {

constexpr unsigned chain_page = 1000;
constexpr unsigned checkpoint_page = 1000;

ChainPlace place_of(const std::optional<AuditFloor>& floor) {
    if (!floor) return {};
    return {.sequence = floor->sequence, .chain_hash = floor->chain_hash};
}

}  // namespace

Task<Result<AuditPage>> ReadAudit::list(StaffContext context, AuditQuery query) {
    if (const auto may = domain::require(context.caller, domain::Scope::audit_read); !may)
        co_return std::unexpected{may.error()};
    if (const auto noted = trail_.note(context, "audit.list", query.session); !noted)
        co_return std::unexpected{noted.error()};
    co_return co_await services_.audit.list_audit(context.scope, std::move(query));
}

Task<Result<AuditVerdict>> ReadAudit::verify(StaffContext context) {
    if (const auto may = domain::require(context.caller, domain::Scope::audit_read); !may)
        co_return std::unexpected{may.error()};
    if (const auto noted = trail_.note(context, "audit.verify"); !noted)
        co_return std::unexpected{noted.error()};
    VerifyAudit verify{services_};
    co_return co_await verify(context.scope);
}

Task<Result<AuditVerdict>> VerifyAudit::operator()(domain::TenantScope scope) {
    auto floor = co_await services_.audit.find_floor(scope);
    if (!floor) co_return std::unexpected{floor.error()};
    while (true) {
        auto verdict = co_await verify(scope, *floor);
        const bool is_broken = verdict && verdict->first_break;
        if (!is_broken) co_return verdict;
        auto floor_now = co_await services_.audit.find_floor(scope);
        if (!floor_now) co_return std::unexpected{floor_now.error()};
        // What was missing was deleted meanwhile when the floor has risen, which it does not do for ever.
        const bool has_risen = *floor_now && place_of(*floor_now).sequence > place_of(*floor).sequence;
        if (!has_risen) co_return verdict;
        floor = std::move(floor_now);
    }
}

Task<Result<AuditVerdict>> VerifyAudit::verify(domain::TenantScope scope, std::optional<AuditFloor> floor) {
    AuditVerdict verdict{.floor = floor};
    const ChainPlace from = place_of(floor);
    if (floor) {
        const std::string text = canonical_text(scope.tenant(), *floor);
        const auto genuine = co_await services_.keys.verify_checkpoint(text, floor->signature);
        if (!genuine) co_return std::unexpected{genuine.error()};
        if (!*genuine)
            verdict.first_break = AuditBreak{"", floor->sequence, "the floor's signature is not right"};
    }
    Marks marks;
    auto forged = co_await read_marks(scope.tenant(), from.sequence, &marks);
    if (!forged) co_return std::unexpected{forged.error()};
    if (!verdict.first_break) verdict.first_break = *std::move(forged);
    if (!verdict.first_break) {
        auto broken = co_await walk(scope, from, std::move(marks), &verdict.entries);
        if (!broken) co_return std::unexpected{broken.error()};
        verdict.first_break = *std::move(broken);
    }
    if (floor) {
        const auto is_told = co_await services_.audit.has_entry(scope, floor->entry);
        if (!is_told) co_return std::unexpected{is_told.error()};
        if (!*is_told && !verdict.first_break)
            verdict.first_break = AuditBreak{floor->entry.text(), floor->sequence,
                                             "the entry that tells of the deletion is missing"};
    }
    const auto inserted = co_await services_.audit.find_unaccounted(scope);
    if (!inserted) co_return std::unexpected{inserted.error()};
    if (*inserted && !verdict.first_break)
        verdict.first_break = AuditBreak{(*inserted)->text(), 0, "the entry was not written by this service"};
    const auto unsealed = co_await services_.audit.count_unsealed(std::move(scope));
    if (!unsealed) co_return std::unexpected{unsealed.error()};
    verdict.unsealed = *unsealed;
    co_return verdict;
}

Task<Result<std::optional<AuditBreak>>> VerifyAudit::read_marks(domain::TenantId tenant, std::uint64_t from,
                                                                Marks* marks) {
    std::optional<AuditBreak> forged;
    CheckpointPlace behind;
    bool was_full = true;
    while (was_full) {
        const auto page = co_await services_.audit.checkpoints(behind, checkpoint_page);
        if (!page) co_return std::unexpected{page.error()};
        for (const AuditCheckpoint& checkpoint : *page) {
            const auto mark = mark_of(checkpoint, tenant);
            behind = {.at = checkpoint.at, .number = checkpoint.number};
            const bool says_something = mark && mark->sequence >= from;
            if (!says_something) continue;
            const auto genuine =
                co_await services_.keys.verify_checkpoint(checkpoint.text, checkpoint.signature);
            if (!genuine) co_return std::unexpected{genuine.error()};
            if (!*genuine && !forged)
                forged = AuditBreak{"", mark->sequence, "a checkpoint's signature is not right"};
            marks->insert_or_assign(mark->sequence, mark->chain_hash);
        }
        was_full = page->size() == checkpoint_page;
    }
    co_return forged;
}

Task<Result<std::optional<AuditBreak>>> VerifyAudit::walk(domain::TenantScope scope, ChainPlace from,
                                                          Marks marks, std::uint64_t* entries) {
    const auto differs = [&marks](const ChainPlace& place) {
        const auto mark = marks.find(place.sequence);
        return mark != marks.end() && mark->second != place.chain_hash;
    };
    if (differs(from)) co_return AuditBreak{"", from.sequence, "the floor differs from a signed checkpoint"};
    ChainWalk walk{services_.cryptography, std::move(from)};
    while (true) {
        const auto page = co_await services_.audit.read_chain(scope, walk.read_up_to(), chain_page);
        if (!page) co_return std::unexpected{page.error()};
        if (page->empty()) break;
        for (const SealedEntry& sealed : *page) {
            if (auto broken = walk.take(sealed)) co_return broken;
            if (walk.misses_one()) continue;
            if (differs(walk.place()))
                co_return AuditBreak{sealed.entry.id.text(), walk.place().sequence,
                                     "the chain differs from a signed checkpoint"};
            ++*entries;
        }
    }
    if (auto missing = walk.end()) co_return missing;
    const std::uint64_t next = walk.place().sequence + 1;
    const bool is_cut_off = !marks.empty() && marks.rbegin()->first >= next;
    if (is_cut_off) co_return AuditBreak{"", next, "the chain is cut off behind a signed checkpoint"};
    co_return std::nullopt;
}

}  // namespace vcare::application
