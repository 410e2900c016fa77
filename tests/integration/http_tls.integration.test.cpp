// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "support/demo_fixture.hpp"
#include "support/self_signed.hpp"

namespace vcare::support {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;
using testing::StartsWith;

/// One request over TLS, checked against the server's own certificate, and the whole answer.
std::string ask(const Server& server, const SelfSigned& files, const HttpRequest& request) {
    asio::io_context io;
    asio::ssl::context context{asio::ssl::context::tls_client};
    context.load_verify_file(files.certificate);
    context.set_verify_mode(asio::ssl::verify_peer);
    asio::ssl::stream<asio::ip::tcp::socket> stream{io, context};
    stream.next_layer().connect({asio::ip::address_v4::loopback(), server.port()});
    stream.handshake(asio::ssl::stream_base::client);
    asio::write(stream, asio::buffer(to_wire(request)));
    std::string answer;
    boost::system::error_code end;
    asio::read(stream, asio::dynamic_buffer(answer), end);
    EXPECT_EQ(end, asio::error::eof) << "the end is said, not cut: " << end.message();
    return answer;
}

TEST(Tls, is_what_the_main_listener_speaks_when_it_has_a_certificate) {
    const TempFolder folder;
    const auto files = make_self_signed(folder.path());
    Server server{folder.path(), "server.tls_cert = \"" + files.certificate.string() +
                                     "\"\nserver.tls_key = \"" + files.key.string() + "\"\n"};

    EXPECT_THAT(ask(server, files, {"GET", "/health/live", {{"Connection", "close"}}, ""}),
                StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(
        ask(server, files, {"GET", std::string{base_path} + "/sessions", {{"Connection", "close"}}, ""}),
        HasSubstr("UNAUTHORIZED"));
    EXPECT_FALSE(server.client().try_send({"GET", "/health/live", {}, ""})) << "and nothing else";
    EXPECT_EQ(server.terminate(), 0);
}

}  // namespace
}  // namespace vcare::support
