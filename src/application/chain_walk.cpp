// SPDX-License-Identifier: Apache-2.0
#include "application/chain_walk.hpp"

#include <charconv>
#include <memory>

#include "application/ports/cryptography.hpp"

namespace vcare::application {
namespace {

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

std::string canonical_text(const domain::TenantId& tenant, const AuditFloor& floor) {
    std::string text;
    add_line(text, "floor", tenant.text());
    add_line(text, "sequence", std::to_string(floor.sequence));
    add_line(text, "chain", floor.chain_hash);
    add_line(text, "at", domain::to_rfc3339(floor.at));
    add_line(text, "entry", floor.entry.text());
    return text;
}

std::optional<ChainPlace> mark_of(const AuditCheckpoint& checkpoint, const domain::TenantId& tenant) {
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
        ChainPlace mark{.chain_hash = std::string{line.substr(space + 1)}};
        const char* const begin = std::to_address(line.begin());
        const auto [at, error] = std::from_chars(begin, begin + space, mark.sequence);
        if (error != std::errc{} || at != begin + space) return std::nullopt;
        return mark;
    }
    return std::nullopt;
}

std::optional<AuditBreak> ChainWalk::take(const SealedEntry& sealed) {
    const std::string& id = sealed.entry.id.text();
    const std::uint64_t expected = place_.sequence + 1;
    if (missing_ || sealed.sequence != expected)
        return AuditBreak{id, expected, "an entry is missing before this one"};
    if (sealed.entry.action.empty()) {
        missing_ = expected;
        return std::nullopt;
    }
    std::string hash = cryptography_.sha256_hex(place_.chain_hash + canonical_text(sealed.entry));
    if (hash != sealed.chain_hash) return AuditBreak{id, expected, "the entry is not what was sealed"};
    place_ = {.sequence = expected, .chain_hash = std::move(hash)};
    return std::nullopt;
}

std::optional<AuditBreak> ChainWalk::end() const {
    if (!missing_) return std::nullopt;
    return AuditBreak{"", *missing_, "the last entry is missing"};
}

}  // namespace vcare::application
