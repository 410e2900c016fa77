// SPDX-License-Identifier: Apache-2.0
#include "application/cut_audit.hpp"

#include "application/ports/cryptography.hpp"
#include "application/ports/keys.hpp"

namespace vcare::application {
namespace {

constexpr unsigned checkpoint_page = 100;

/// A checkpoint is dated by whoever sealed, an entry by whoever wrote it: their clocks differ a little.
constexpr domain::minutes clock_slack{10};

// One whose row is gone has no time: it is passed by, so that the next one shows that it is missing.
bool is_old(const SealedEntry& sealed, domain::Instant until) {
    return sealed.entry.at <= until;
}

}  // namespace

ChainPlace CutAudit::Beginning::place() const {
    if (!floor) return {};
    return {.sequence = floor->sequence, .chain_hash = floor->chain_hash};
}

Task<Result<AuditShortened>> CutAudit::cut(domain::TenantScope scope, domain::Instant until) {
    const auto begun = co_await begin(scope);
    if (!begun) co_return std::unexpected{begun.error()};
    if (begun->first_break) co_return AuditShortened{.first_break = begun->first_break};
    auto piece = co_await find_piece(scope, begun->place(), until);
    if (!piece) co_return std::unexpected{piece.error()};
    if (piece->first_break)
        co_return co_await tell(std::move(scope), begun->place(), *std::move(piece->first_break));
    if (piece->entries == 0) co_return AuditShortened{};

    const domain::Instant now = services_.clock.now();
    const auto id = ids_.next<domain::AuditId>();
    AuditCut cut{.floor = {.sequence = piece->to.sequence,
                           .chain_hash = std::move(piece->to.chain_hash),
                           .at = now,
                           .entry = id},
                 .entry = {.id = id, .at = now, .actor = "system:retention", .action = "audit.delete"}};
    if (begun->floor) cut.from = begun->floor->sequence;
    auto signature = co_await services_.keys.sign_checkpoint(canonical_text(scope.tenant(), cut.floor));
    if (!signature) co_return std::unexpected{signature.error()};
    cut.floor.signature = *std::move(signature);
    const auto gone = co_await store_.cut_audit(std::move(scope), std::move(cut));
    if (!gone) co_return std::unexpected{gone.error()};
    if (!*gone) co_return AuditShortened{.is_more = true};
    co_return AuditShortened{.entries = **gone, .is_more = piece->entries == batch};
}

Task<Result<AuditShortened>> CutAudit::count(domain::TenantScope scope, domain::Instant until) {
    const auto begun = co_await begin(scope);
    if (!begun) co_return std::unexpected{begun.error()};
    if (begun->first_break) co_return AuditShortened{.first_break = begun->first_break};
    AuditShortened all;
    ChainPlace from = begun->place();
    while (true) {
        auto piece = co_await find_piece(scope, std::move(from), until);
        if (!piece) co_return std::unexpected{piece.error()};
        if (piece->first_break)
            co_return co_await tell(std::move(scope), begun->place(), *std::move(piece->first_break));
        all.entries += piece->entries;
        if (piece->entries < batch) co_return all;
        from = std::move(piece->to);
    }
}

// What seems to be missing may have been deleted meanwhile by somebody else.
Task<Result<AuditShortened>> CutAudit::tell(domain::TenantScope scope, ChainPlace begun_at,
                                            AuditBreak broken) {
    const auto floor = co_await services_.audit.find_floor(std::move(scope));
    if (!floor) co_return std::unexpected{floor.error()};
    const bool has_risen = *floor && (*floor)->sequence > begun_at.sequence;
    if (has_risen) co_return AuditShortened{.is_more = true};
    co_return AuditShortened{.first_break = std::move(broken)};
}

Task<Result<CutAudit::Beginning>> CutAudit::begin(domain::TenantScope scope) {
    auto floor = co_await services_.audit.find_floor(scope);
    if (!floor) co_return std::unexpected{floor.error()};
    if (!*floor) co_return Beginning{};
    const std::string text = canonical_text(scope.tenant(), **floor);
    const auto genuine = co_await services_.keys.verify_checkpoint(text, (*floor)->signature);
    if (!genuine) co_return std::unexpected{genuine.error()};
    Beginning beginning{.floor = *std::move(floor)};
    if (!*genuine)
        beginning.first_break =
            AuditBreak{"", beginning.floor->sequence, "the floor's signature is not right"};
    co_return beginning;
}

Task<Result<CutAudit::Piece>> CutAudit::find_piece(domain::TenantScope scope, ChainPlace from,
                                                   domain::Instant until) {
    Piece piece{.to = from};
    // Most of the time there is nothing to do: one entry tells.
    const auto oldest = co_await services_.audit.read_chain(scope, from.sequence, 1);
    if (!oldest) co_return std::unexpected{oldest.error()};
    if (oldest->empty() || !is_old(oldest->front(), until)) co_return piece;

    const auto page = co_await services_.audit.read_chain(scope, from.sequence, batch);
    if (!page) co_return std::unexpected{page.error()};
    ChainWalk walk{services_.cryptography, std::move(from)};
    domain::Instant written_at;
    for (const SealedEntry& sealed : *page) {
        if (!is_old(sealed, until) && !walk.misses_one()) break;
        piece.first_break = walk.take(sealed);
        if (piece.first_break) co_return piece;
        if (walk.misses_one()) continue;
        written_at = sealed.entry.at;
        ++piece.entries;
    }
    auto witness = co_await find_witness(scope.tenant(), walk.place(), written_at);
    if (!witness) co_return std::unexpected{witness.error()};
    if (!*witness) co_return Piece{.to = std::move(piece.to)};
    piece.to = walk.place();
    auto broken = co_await prove(std::move(scope), std::move(walk), **std::move(witness));
    if (!broken) co_return std::unexpected{broken.error()};
    piece.first_break = *std::move(broken);
    co_return piece;
}

// The first checkpoint that speaks of the chain as it was at `place` or later.
Task<Result<std::optional<CutAudit::Witness>>> CutAudit::find_witness(domain::TenantId tenant,
                                                                      ChainPlace place,
                                                                      domain::Instant written_at) {
    CheckpointPlace behind{.at = written_at - clock_slack};
    bool was_full = true;
    while (was_full) {
        const auto page = co_await services_.audit.checkpoints(behind, checkpoint_page);
        if (!page) co_return std::unexpected{page.error()};
        for (const AuditCheckpoint& checkpoint : *page) {
            auto mark = mark_of(checkpoint, tenant);
            if (mark && mark->sequence >= place.sequence) co_return Witness{checkpoint, *std::move(mark)};
            behind = {.at = checkpoint.at, .number = checkpoint.number};
        }
        was_full = page->size() == checkpoint_page;
    }
    co_return std::nullopt;
}

// Goes on to where the checkpoint was made: only there is the hash signed, and with it all before.
Task<Result<std::optional<AuditBreak>>> CutAudit::prove(domain::TenantScope scope, ChainWalk walk,
                                                        Witness witness) {
    const auto& [checkpoint, mark] = witness;
    const auto genuine = co_await services_.keys.verify_checkpoint(checkpoint.text, checkpoint.signature);
    if (!genuine) co_return std::unexpected{genuine.error()};
    if (!*genuine) co_return AuditBreak{"", mark.sequence, "a checkpoint's signature is not right"};
    while (walk.place().sequence < mark.sequence) {
        const auto page = co_await services_.audit.read_chain(scope, walk.read_up_to(), batch);
        if (!page) co_return std::unexpected{page.error()};
        for (const SealedEntry& sealed : *page) {
            if (auto broken = walk.take(sealed)) co_return broken;
            if (walk.place().sequence == mark.sequence) break;
        }
        if (!page->empty()) continue;
        if (auto missing = walk.end()) co_return missing;
        co_return AuditBreak{"", walk.place().sequence + 1,
                             "the chain is cut off behind a signed checkpoint"};
    }
    if (walk.place().chain_hash == mark.chain_hash) co_return std::nullopt;
    co_return AuditBreak{"", mark.sequence, "the chain differs from a signed checkpoint"};
}

}  // namespace vcare::application
