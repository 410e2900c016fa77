// SPDX-License-Identifier: Apache-2.0
#include "application/audit_chain.hpp"

#include <charconv>
#include <memory>

#include "application/ports/cryptography.hpp"
#include "application/ports/keys.hpp"

namespace vcare::application {
namespace {

constexpr unsigned chain_page = 1000;

void add_line(std::string& text, std::string_view name, std::string_view value) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    text.append(name).push_back('=');
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_plain = byte > ' ' && byte < 0x7f && c != '%';
        if (is_plain) {
            text.push_back(c);
        } else {
            text.push_back('%');
            text.push_back(hex[byte >> 4]);
            text.push_back(hex[byte & 15]);
        }
    }
    text.push_back('\n');
}

/// How far a checkpoint says this tenant's chain had come.
struct Mark {
    std::uint64_t sequence = 0;
    std::string chain_hash;
};

std::optional<Mark> mark_of(const AuditCheckpoint& checkpoint, const domain::TenantId& tenant) {
    std::string_view rest = checkpoint.text;
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        const std::string start = tenant.text() + " ";
        if (!line.starts_with(start)) continue;
        line.remove_prefix(start.size());
        const auto space = line.find(' ');
        if (space == std::string_view::npos) return std::nullopt;
        Mark mark{.chain_hash = std::string{line.substr(space + 1)}};
        const char* const begin = std::to_address(line.begin());
        const auto [at, error] = std::from_chars(begin, begin + space, mark.sequence);
        if (error != std::errc{} || at != begin + space) return std::nullopt;
        return mark;
    }
    return std::nullopt;
}

}  // namespace

std::string canonical_text(const AuditEntry& entry) {
    std::string text;
    add_line(text, "id", entry.id.text());
    add_line(text, "at", domain::to_rfc3339(entry.at));
    add_line(text, "actor", entry.actor);
    add_line(text, "action", entry.action);
    add_line(text, "session", entry.session ? entry.session->text() : "");
    add_line(text, "patient", entry.patient ? entry.patient->text() : "");
    add_line(text, "outcome", entry.outcome);
    add_line(text, "remote", entry.remote_address);
    add_line(text, "trace", entry.trace_id);
    return text;
}

Task<Result<Page<AuditEntry>>> ReadAudit::list(StaffContext context, AuditQuery query) {
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
    AuditVerdict verdict;
    std::map<std::uint64_t, std::string> marks;
    const auto checkpoints = co_await services_.audit.checkpoints();
    if (!checkpoints) co_return std::unexpected{checkpoints.error()};
    for (const AuditCheckpoint& checkpoint : *checkpoints) {
        const auto mark = mark_of(checkpoint, scope.tenant());
        if (!mark) continue;
        const auto genuine = co_await services_.keys.verify_checkpoint(checkpoint.text, checkpoint.signature);
        if (!genuine) co_return std::unexpected{genuine.error()};
        if (!*genuine && !verdict.first_break)
            verdict.first_break = AuditBreak{"", mark->sequence, "a checkpoint's signature is not right"};
        marks[mark->sequence] = mark->chain_hash;
    }

    std::string hash;
    std::uint64_t expected = 1;
    std::optional<std::uint64_t> missing;  // its row is gone; the break is named by the entry after it
    while (!verdict.first_break) {
        const auto page = co_await services_.audit.read_chain(scope, expected - 1, chain_page);
        if (!page) co_return std::unexpected{page.error()};
        if (page->empty()) break;
        for (const SealedEntry& sealed : *page) {
            const std::string& id = sealed.entry.id.text();
            if (missing || sealed.sequence != expected) {
                verdict.first_break =
                    AuditBreak{id, missing.value_or(expected), "an entry is missing before this one"};
                break;
            }
            if (sealed.entry.action.empty()) {
                missing = expected++;
                continue;
            }
            hash = services_.cryptography.sha256_hex(hash + canonical_text(sealed.entry));
            if (hash != sealed.chain_hash) {
                verdict.first_break = AuditBreak{id, expected, "the entry is not what was sealed"};
                break;
            }
            const auto mark = marks.find(expected);
            if (mark != marks.end() && mark->second != hash) {
                verdict.first_break = AuditBreak{id, expected, "the chain differs from a signed checkpoint"};
                break;
            }
            ++expected;
            ++verdict.entries;
        }
    }
    if (missing && !verdict.first_break)
        verdict.first_break = AuditBreak{"", *missing, "the last entry is missing"};
    const bool is_cut = !verdict.first_break && !marks.empty() && marks.rbegin()->first >= expected;
    if (is_cut)
        verdict.first_break = AuditBreak{"", expected, "the chain is cut off behind a signed checkpoint"};
    const auto inserted = co_await services_.audit.find_unaccounted(scope);
    if (!inserted) co_return std::unexpected{inserted.error()};
    if (*inserted && !verdict.first_break)
        verdict.first_break = AuditBreak{(*inserted)->text(), 0, "the entry was not written by this service"};
    const auto unsealed = co_await services_.audit.count_unsealed(std::move(scope));
    if (!unsealed) co_return std::unexpected{unsealed.error()};
    verdict.unsealed = *unsealed;
    co_return verdict;
}

}  // namespace vcare::application
