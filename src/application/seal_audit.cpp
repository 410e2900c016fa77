// SPDX-License-Identifier: Apache-2.0
#include "application/seal_audit.hpp"

#include "application/ports/clock.hpp"
#include "application/ports/keys.hpp"
#include "application/ports/telemetry.hpp"
#include "application/ports/work_queues.hpp"

namespace vcare::application {
namespace {

constexpr unsigned seal_batch = 500;

}  // namespace

Task<Result<Round>> SealAudit::run_once() {
    const auto sealing = co_await services_.queues.seal_audit(seal_batch);
    if (!sealing) co_return std::unexpected{sealing.error()};
    if (const auto now = services_.clock.now(); sealing->stuck_chains > 0 && now >= tell_again_) {
        tell_again_ = now + checkpoint_every;
        services_.telemetry.log(Severity::error, "audit.not_sealed",
                                {{"chains", std::to_string(sealing->stuck_chains)}});
    }
    const auto signed_one = co_await sign_checkpoint();
    if (!signed_one) co_return std::unexpected{signed_one.error()};
    co_return sealing->entries >= seal_batch ? Round::more : Round::idle;
}

Task<Result<void>> SealAudit::sign_checkpoint() {
    const domain::Instant now = services_.clock.now();
    if (now < next_checkpoint_) co_return Result<void>{};
    const domain::Instant next = now + checkpoint_every;
    auto turn = co_await services_.queues.claim_checkpoint(now, now + turn_life, next);
    if (!turn) co_return std::unexpected{turn.error()};
    next_checkpoint_ = turn->until;
    if (!turn->is_ours) co_return Result<void>{};
    auto signature = co_await services_.keys.sign_checkpoint(turn->text);
    if (!signature) co_return std::unexpected{signature.error()};
    const auto kept =
        co_await services_.queues.keep_checkpoint(*std::move(turn), std::move(*signature), now, next);
    if (!kept) co_return std::unexpected{kept.error()};
    next_checkpoint_ = next;
    co_return Result<void>{};
}

}  // namespace vcare::application
