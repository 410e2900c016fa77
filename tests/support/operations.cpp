// SPDX-License-Identifier: Apache-2.0
#include "support/operations.hpp"

namespace vcare::support {

using http::contract::BodyKind;
using http::contract::Operation;

std::string fill_in(std::string_view path, const PathValues& values) {
    std::string filled{path};
    for (const auto& [name, value] : values) {
        const std::string place = "{" + name + "}";
        if (const auto at = filled.find(place); at != std::string::npos)
            filled.replace(at, place.size(), value);
    }
    return filled;
}

bool is_stream(const Operation& operation) {
    return operation.name == "streamEvents" || operation.name == "streamVisit";
}

HttpResponse ask(HttpClient& client, const Operation& operation, const std::string& path, Headers headers,
                 std::string body) {
    HttpRequest request{std::string{operation.method}, path, std::move(headers), {}};
    if (is_stream(operation)) {
        SseReader reader{client.port(), request};
        if (reader.response().status == 200) return reader.response();
    }
    if (operation.body == BodyKind::json) {
        request.headers.emplace_back("Content-Type", "application/json");
        request.body = std::move(body);
    }
    if (operation.body == BodyKind::binary) {
        request.headers.emplace_back("Content-Type", "application/octet-stream");
    }
    return client.send(request);
}

}  // namespace vcare::support
