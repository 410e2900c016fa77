// SPDX-License-Identifier: Apache-2.0
// Bytes of a connection: whichever pieces they come in, the same requests are read and the same refusal.
#include <algorithm>
#include <string>
#include <vector>

#include "adapters/http/request_reader.hpp"
#include "adapters/http/router.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using vcare::fuzz::require;
using vcare::http::Limits;
using vcare::http::Request;
using vcare::http::RequestReader;

struct Outcome {
    std::vector<Request> requests = {};
    std::string refusal = {};
};

std::string summary_of(const Outcome& outcome) {
    std::string text;
    for (const Request& request : outcome.requests) {
        text += request.method + ' ' + request.path + '?' + request.query + '\n';
        for (const auto& field : request.headers.fields()) text += field.name + ':' + field.value + '\n';
        text += request.body + '\n' + (request.keeps_alive ? "keeps" : "closes") + '\n';
    }
    return text + outcome.refusal;
}

void check(const Request& request, const Limits& limits) {
    require(!request.method.empty(), "a request has a method");
    require(request.path.starts_with('/') || request.path == "*", "a request has a path");
    require(request.headers.fields().size() <= limits.max_header_fields, "fields are bounded");
    require(request.body.size() <= limits.max_body_bytes, "a body is bounded");
    for (const auto& field : request.headers.fields())
        require(field.value.find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos,
                "a value is one line");
    (void)vcare::http::parse_query(request.query);
    (void)vcare::http::decode_percent(request.path, false);
}

Outcome read(std::string_view bytes, std::size_t piece) {
    const Limits limits{.max_head_bytes = 2048, .max_header_fields = 20, .max_body_bytes = 1024};
    RequestReader reader{limits};
    Outcome outcome;
    while (true) {
        switch (reader.advance()) {
            case RequestReader::Step::need_bytes: {
                if (bytes.empty()) return outcome;
                const std::string_view next = bytes.substr(0, piece);
                std::ranges::copy(next, reader.prepare(next.size()).begin());
                reader.commit(next.size());
                bytes.remove_prefix(next.size());
                break;
            }
            case RequestReader::Step::have_head:
                reader.allow_body(limits.max_body_bytes);
                break;
            case RequestReader::Step::have_request:
                outcome.requests.push_back(reader.take_request());
                check(outcome.requests.back(), limits);
                break;
            case RequestReader::Step::refused:
                outcome.refusal = reader.refusal().detail;
                return outcome;
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = vcare::fuzz::text_of(data, size);
    const std::string whole = summary_of(read(bytes, std::max<std::size_t>(size, 1)));
    require(whole == summary_of(read(bytes, 1)), "single bytes read as the whole");
    require(whole == summary_of(read(bytes, 7)), "pieces read as the whole");
    return 0;
}
