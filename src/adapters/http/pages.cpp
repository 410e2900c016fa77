// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/pages.hpp"

#include <algorithm>

#include "generated/web_assets.hpp"

namespace vcare::http {
namespace {

// Scripts, styles and calls of this origin only; no frame may hold a page, so that nobody clicks on
// something they do not see. Clinics' logos come from the hosts that were allowed.
constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "media-src 'self' blob:; font-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'";
constexpr std::string_view staff_page = "/provider/index.html";
constexpr std::string_view page_permissions =
    "camera=(self), microphone=(self), display-capture=(), geolocation=(), payment=(), usb=()";
constexpr std::string_view two_years = "max-age=63072000; includeSubDomains";

/// `gzip;q=0` is a refusal.
bool takes_encoding(std::string_view accept, std::string_view encoding) {
    while (!accept.empty()) {
        const auto end = std::min(accept.find(','), accept.size());
        auto item = accept.substr(0, end);
        accept.remove_prefix(std::min(end + 1, accept.size()));
        item.remove_prefix(std::min(item.find_first_not_of(" \t"), item.size()));
        const auto name = item.substr(0, item.find_first_of("; \t"));
        if (!equal_ignoring_case(name, encoding)) continue;
        const auto weight = item.find("q=");
        return weight == std::string_view::npos ||
               item.find_first_of("123456789", weight) != std::string_view::npos;
    }
    return false;
}

struct Form {
    std::string_view bytes;
    std::string_view encoding;
};

Form best_form(const web::Asset& asset, const Request& request) {
    const auto accept = request.headers.find("Accept-Encoding").value_or("");
    if (!asset.brotli.empty() && takes_encoding(accept, "br")) return {asset.brotli, "br"};
    if (!asset.gzip.empty() && takes_encoding(accept, "gzip")) return {asset.gzip, "gzip"};
    return {asset.identity, ""};
}

/// Each form has a tag of its own: `"abc"`, `"abc-br"`.
std::string tag_of(const web::Asset& asset, const Form& form) {
    std::string tag{asset.etag};
    if (!form.encoding.empty()) tag.insert(tag.size() - 1, "-" + std::string{form.encoding});
    return tag;
}

void add_page_headers(Response& response, std::string_view name, const PageOptions& options) {
    response.headers.add("Content-Security-Policy", policy_of_page(name, options));
    response.headers.add("Permissions-Policy", std::string{page_permissions});
    response.headers.add("Referrer-Policy", "no-referrer");
    response.headers.add("Cross-Origin-Opener-Policy", "same-origin");
    if (options.is_https) response.headers.add("Strict-Transport-Security", std::string{two_years});
}

Response to_response(std::string_view name, const web::Asset& asset, const Request& request,
                     const PageOptions& options) {
    const auto form = best_form(asset, request);
    const auto tag = tag_of(asset, form);
    const auto known = request.headers.find("If-None-Match");
    const bool is_known = known && (known->find(tag) != std::string_view::npos || *known == "*");
    Response response;
    response.status = is_known ? 304 : 200;
    if (!is_known) {
        response.headers.add("Content-Type", std::string{asset.content_type});
        response.lasting_body = form.bytes;
    }
    response.headers.add("ETag", tag);
    response.headers.add("Cache-Control",
                         asset.immutable ? "public, max-age=31536000, immutable" : "no-cache");
    response.headers.add("Vary", "Accept-Encoding");
    response.headers.add("X-Content-Type-Options", "nosniff");
    if (!form.encoding.empty() && !is_known)
        response.headers.add("Content-Encoding", std::string{form.encoding});
    if (asset.content_type.starts_with("text/html")) add_page_headers(response, name, options);
    return response;
}

/// The pages have short addresses; everything else is called what it is.
std::string_view file_of(std::string_view path) {
    if (path == "/v/" || path == "/v") return "/v/index.html";
    if (path == "/provider" || path == "/provider/") return staff_page;
    return path;
}

}  // namespace

std::string policy_of_page(std::string_view name, const PageOptions& options) {
    std::string policy{"img-src 'self' data:"};
    for (const std::string& host : options.logo_hosts) policy.append(" https://").append(host);
    policy.append("; ").append(page_policy);
    const bool signs_in_elsewhere = name == staff_page && !options.issuer_origin.empty();
    if (signs_in_elsewhere) policy.append(" ").append(options.issuer_origin);
    return policy;
}

std::optional<Response> find_file(std::string_view name, const Request& request, const PageOptions& options) {
    const auto* asset = web::find_asset(name);
    if (asset == nullptr) return std::nullopt;
    return to_response(name, *asset, request, options);
}

std::optional<Response> find_page(const Request& request, const PageOptions& options) {
    return find_file(file_of(request.path), request, options);
}

}  // namespace vcare::http
