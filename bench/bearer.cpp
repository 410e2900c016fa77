// SPDX-License-Identifier: Apache-2.0
// What believing a bearer again costs beside checking its signature: one JSON object, in nanoseconds each.
#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "adapters/identity/bearer_verifier.hpp"
#include "adapters/identity/embedded_issuer.hpp"
#include "adapters/system/system.hpp"

namespace vcare::bench {
namespace {

using Steady = std::chrono::steady_clock;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

constexpr std::chrono::milliseconds round_lasts{200};
constexpr int rounds = 5;

void require(bool ok) {
    if (!ok) throw std::runtime_error("OpenSSL refused");
}

/// The median over the rounds of what one call of `work` takes.
template <class Work>
double nanoseconds_of(Work work) {
    std::vector<double> each;
    for (int round = 0; round < rounds; ++round) {
        const auto start = Steady::now();
        std::int64_t calls = 0;
        for (; Steady::now() - start < round_lasts; ++calls) work();
        const std::chrono::duration<double, std::nano> took = Steady::now() - start;
        each.push_back(took.count() / static_cast<double>(calls));
    }
    std::ranges::nth_element(each, each.begin() + rounds / 2);
    return each[rounds / 2];
}

/// SHA-256 and a signature by `key` over a text of a token's length, checked.
double nanoseconds_of_check(EVP_PKEY* key) {
    const std::string text(600, 'x');
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::vector<unsigned char> signature(512);
    auto size = signature.size();
    const DigestPtr signing{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    require(EVP_DigestSignInit(signing.get(), nullptr, EVP_sha256(), nullptr, key) == 1);
    require(EVP_DigestSign(signing.get(), signature.data(), &size, bytes, text.size()) == 1);
    return nanoseconds_of([&] {
        const DigestPtr checking{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
        require(EVP_DigestVerifyInit(checking.get(), nullptr, EVP_sha256(), nullptr, key) == 1);
        require(EVP_DigestVerify(checking.get(), signature.data(), size, bytes, text.size()) == 1);
    });
}

std::string token_of(const identity::EmbeddedIssuer& issuer, domain::Instant now) {
    return issuer.sign({.user = domain::UserId::parse("dr-bench").value(),
                        .tenant = domain::TenantId::parse("bench").value(),
                        .roles = {domain::StaffRole::clinician, domain::StaffRole::admin},
                        .issued_at = now});
}

Task<void> measure_cached(application::BearerVerifier* verifier, std::string token, double* nanoseconds) {
    std::vector<double> each;
    for (int round = 0; round < rounds; ++round) {
        const auto start = Steady::now();
        std::int64_t calls = 0;
        for (; Steady::now() - start < round_lasts; ++calls) {
            const auto verified = co_await verifier->verify(token);
            if (!verified) throw std::runtime_error("a right token was refused");
        }
        const std::chrono::duration<double, std::nano> took = Steady::now() - start;
        each.push_back(took.count() / static_cast<double>(calls));
    }
    std::ranges::nth_element(each, each.begin() + rounds / 2);
    *nanoseconds = each[rounds / 2];
}

double nanoseconds_of_cached() {
    const auto clock = system::make_system_clock();
    const identity::EmbeddedIssuer issuer{crypto::Es256Key::generate(), "virtual-care"};
    const auto verifier = identity::make_bearer_verifier({issuer.as_trusted()}, *clock);
    double nanoseconds = 0;
    boost::asio::io_context io;
    auto measuring = measure_cached(verifier.get(), token_of(issuer, clock->now()), &nanoseconds);
    boost::asio::co_spawn(io, std::move(measuring), [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    io.run();
    return nanoseconds;
}

void run() {
    const KeyPtr ec{EVP_EC_gen("P-256"), &EVP_PKEY_free};
    const KeyPtr rsa{EVP_RSA_gen(2048), &EVP_PKEY_free};
    require(ec && rsa);
    fmt::print("{{\"es256\": {:.0f}, \"rs256\": {:.0f}, \"cached\": {:.0f}}}\n",
               nanoseconds_of_check(ec.get()), nanoseconds_of_check(rsa.get()), nanoseconds_of_cached());
}

}  // namespace
}  // namespace vcare::bench

int main() {
    try {
        vcare::bench::run();
    } catch (const std::exception& problem) {
        fmt::print(stderr, "bench_bearer: {}\n", problem.what());
        return 1;
    }
    return 0;
}
