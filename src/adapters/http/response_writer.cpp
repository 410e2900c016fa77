// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/response_writer.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include <boost/beast/http/status.hpp>

namespace vcare::http {
namespace {

void append_field(std::string& head, std::string_view name, std::string_view value) {
    const auto is_control = [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    };
    if (std::ranges::any_of(value, is_control)) return;
    head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string head_of(const Response& response, BodyFollows body, bool keeps_alive, std::string_view date) {
    const auto reason = boost::beast::http::obsolete_reason(
        boost::beast::http::int_to_status(static_cast<unsigned>(response.status)));
    std::string head;
    head.reserve(512);
    fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\n", response.status,
                   std::string_view{reason.data(), reason.size()});
    append_field(head, "Date", date);
    for (const auto& [name, value] : response.headers.fields()) append_field(head, name, value);
    head.append(response.shared_head);
    const bool may_have_body = response.status != 204 && response.status != 304;
    if (body != BodyFollows::as_stream && may_have_body)
        fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", response.bytes().size());
    if (!keeps_alive || body == BodyFollows::as_stream) head.append("Connection: close\r\n");
    return head.append("\r\n");
}

std::string http_date(std::int64_t unix_seconds) {
    using namespace std::chrono;
    constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const sys_seconds at{seconds{unix_seconds}};
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const hh_mm_ss time{at - day};
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", weekdays[weekday{day}.c_encoding()],
                       static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                       time.seconds().count());
}

}  // namespace vcare::http
