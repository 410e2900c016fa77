// SPDX-License-Identifier: Apache-2.0
#include "application/report_connection.hpp"

#include "application/ports/clock.hpp"
#include "application/ports/telemetry.hpp"
#include "application/visit_commands.hpp"

namespace vcare::application {

ReportConnection::ReportConnection(const Services& services, ConnectionSamples& samples)
    : services_(services), desk_(services), samples_(samples) {
}

Task<Result<domain::FallbackAdvice>> ReportConnection::operator()(VisitContext context, Report report,
                                                                  KeepAnswer<domain::FallbackAdvice> keep) {
    const auto loaded = co_await desk_.load(context.scope, context.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const domain::ConnectionSample sample{services_.clock.now(), report.rtt_ms, report.loss_pct, report.kbps};
    const auto samples = samples_.add(context.participant, sample);
    const auto& thresholds = loaded->config.fallback;
    const auto advice = domain::advise(samples, report.media, thresholds);
    const auto quality = domain::quality_of(sample, thresholds);

    const domain::Participant* who = loaded->session.find(context.participant);
    const bool changed = who && (who->connection != quality || who->media_mode != report.media);
    if (changed && !domain::is_terminal(loaded->session.data().status)) {
        auto decide = [id = context.participant, quality, media = report.media, advice, keep](
                          LoadedSession& now, UnitBuilder& unit) {
            unit.keep(keep, advice);
            return now.session.report_connection(id, quality, media, unit.occasion());
        };
        const bool is_other_way = who->media_mode != report.media;
        const auto noted = co_await desk_.change(std::move(context), "", std::move(decide));
        if (!noted) co_return std::unexpected{noted.error()};
        // The page of one person follows the advice, or they choose themselves.
        if (is_other_way)
            services_.telemetry.count_of(loaded->session.data().tenant.text(), Metric::fallbacks,
                                         {{"to", to_wire(report.media)}, {"reason", "own_connection"}});
    } else if (keep.key) {
        const auto kept = co_await keep_alone(services_, std::move(context), std::move(keep), advice);
        if (!kept) co_return std::unexpected{kept.error()};
    }
    co_return advice;
}

}  // namespace vcare::application
