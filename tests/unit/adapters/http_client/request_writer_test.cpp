// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/request_writer.hpp"

#include <gtest/gtest.h>

namespace vcare::http_client {
namespace {

Request a_request() {
    return {.url = Url::parse("http://ehr.example:8080/fhir/Encounter?a=b").value()};
}

TEST(RequestWriter, writes_line_host_and_fields) {
    auto request = a_request();
    request.headers = {{"accept", "application/json"}, {"x-request-id", "01"}};

    EXPECT_EQ(write_request(request).value(),
              "GET /fhir/Encounter?a=b HTTP/1.1\r\nhost: ehr.example:8080\r\naccept: application/json\r\n"
              "x-request-id: 01\r\n\r\n");
}

TEST(RequestWriter, writes_the_length_of_a_body_and_of_a_missing_one) {
    auto request = a_request();
    request.method = "POST";
    EXPECT_TRUE(write_request(request)->ends_with("\r\ncontent-length: 0\r\n\r\n"));

    request.body = "{}";
    EXPECT_TRUE(write_request(request)->ends_with("\r\ncontent-length: 2\r\n\r\n{}"));
}

TEST(RequestWriter, refuses_what_would_become_another_line) {
    for (const Headers& headers : {Headers{{"a", "b\r\nc: d"}}, Headers{{"a", "b\nc: d"}},
                                   Headers{{"a: b\r\nc", "d"}}, Headers{{"", "d"}}, Headers{{"a b", "d"}}}) {
        auto request = a_request();
        request.headers = headers;
        EXPECT_FALSE(write_request(request)) << headers.begin()->first;
    }
    auto request = a_request();
    request.method = "GET / HTTP/1.1\r\n";
    EXPECT_FALSE(write_request(request));
}

}  // namespace
}  // namespace vcare::http_client
