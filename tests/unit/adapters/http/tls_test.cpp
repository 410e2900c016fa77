// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/tls.hpp"

#include <system_error>

#include <gmock/gmock.h>

#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "support/process.hpp"
#include "support/self_signed.hpp"
#include "unit/adapters/http/serving_fixture.hpp"

namespace vcare::http {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr std::string_view last_request = "GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

class TlsTest : public tests::ServingFixture {
  protected:
    void serve(Limits limits = {}) { start(limits, terminator_.get()); }

    /// A client that speaks these versions and believes every certificate.
    static ssl::context client_of(int oldest, int newest) {
        ssl::context context{ssl::context::tls_client};
        SSL_CTX_set_min_proto_version(context.native_handle(), oldest);
        SSL_CTX_set_max_proto_version(context.native_handle(), newest);
        // TLS 1.1 needs hashes that OpenSSL refuses by default: the server's own refusal is what is looked
        // for.
        SSL_CTX_set_security_level(context.native_handle(), 0);
        return context;
    }
    using Stream = ssl::stream<tcp::socket>;
    Stream shake_hands(ssl::context& context) {
        Stream stream{connect(), context};
        stream.handshake(ssl::stream_base::client);
        return stream;
    }
    struct Heard {
        std::string text;
        error_code end;
    };
    static Heard read_to_the_end(auto& stream) {
        Heard heard;
        asio::read(stream, asio::dynamic_buffer(heard.text), heard.end);
        return heard;
    }

    support::TempFolder folder_;
    support::SelfSigned files_ = support::make_self_signed(folder_.path());
    std::unique_ptr<TlsTerminator> terminator_ =
        make_tls_terminator({.certificate = files_.certificate, .key = files_.key});
};

TEST_F(TlsTest, serves_versions_1_2_and_1_3) {
    serve();
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        auto context = client_of(version, version);
        auto stream = shake_hands(context);
        asio::write(stream, asio::buffer(last_request));

        EXPECT_TRUE(read_to_the_end(stream).text.ends_with("GET /x ")) << version;
        EXPECT_EQ(SSL_version(stream.native_handle()), version);
    }
}

TEST_F(TlsTest, refuses_older_versions) {
    serve();
    for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
        auto context = client_of(version, version);
        Stream stream{connect(), context};
        error_code refused;
        stream.handshake(ssl::stream_base::client, refused);

        EXPECT_EQ(ERR_GET_REASON(static_cast<unsigned long>(refused.value())),
                  SSL_R_TLSV1_ALERT_PROTOCOL_VERSION)
            << version << ": " << refused.message();
    }
}

TEST_F(TlsTest, chooses_forward_secrecy_and_authenticated_encryption_only) {
    serve();
    auto context = client_of(TLS1_2_VERSION, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context.native_handle(), "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA");
    Stream stream{connect(), context};
    error_code refused;
    stream.handshake(ssl::stream_base::client, refused);
    EXPECT_TRUE(refused);
}

TEST_F(TlsTest, says_when_nothing_more_comes) {
    serve();
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        auto context = client_of(version, version);
        auto stream = shake_hands(context);
        asio::write(stream, asio::buffer(last_request));

        // Without close_notify this would be ssl::error::stream_truncated.
        EXPECT_EQ(read_to_the_end(stream).end, asio::error::eof) << version;
        EXPECT_NE(SSL_get_shutdown(stream.native_handle()) & SSL_RECEIVED_SHUTDOWN, 0) << version;
    }
}

TEST_F(TlsTest, says_so_to_an_idle_client_too_when_it_drains) {
    serve();
    auto context = client_of(TLS1_2_VERSION, TLS1_3_VERSION);
    auto stream = shake_hands(context);
    asio::write(stream, asio::buffer(std::string_view{"GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"}));
    std::string answer;
    asio::read_until(stream, asio::dynamic_buffer(answer), std::string_view{"GET /1 "});

    asio::post(io_, [this] { loop_->begin_drain(); });

    EXPECT_EQ(read_to_the_end(stream).end, asio::error::eof);
}

TEST_F(TlsTest, answers_many_requests_on_one_connection) {
    serve();
    auto context = client_of(TLS1_2_VERSION, TLS1_3_VERSION);
    auto stream = shake_hands(context);
    const std::string body(1000, 'x');
    for (int i = 0; i < 50; ++i)
        asio::write(stream,
                    asio::buffer("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n" + body));
    asio::write(stream, asio::buffer(last_request));

    const auto heard = read_to_the_end(stream);

    EXPECT_TRUE(heard.text.ends_with("GET /x "));
    EXPECT_GT(heard.text.size(), 50 * body.size());
}

TEST_F(TlsTest, cuts_a_client_that_takes_too_long_to_shake_hands) {
    serve({.to_send_a_request = 1s});
    auto silent = connect();
    auto halting = connect();
    // The first bytes of a ClientHello, and no more.
    asio::write(halting, asio::buffer(std::string_view{"\x16\x03\x01\x02\x00\x01\x00", 7}));

    EXPECT_EQ(read_to_the_end(silent).end, asio::error::eof);
    EXPECT_EQ(read_to_the_end(halting).end, asio::error::eof);
}

TEST_F(TlsTest, does_not_wait_for_ever_for_a_client_that_does_not_say_goodbye) {
    serve();
    auto context = client_of(TLS1_2_VERSION, TLS1_3_VERSION);
    auto stream = shake_hands(context);
    asio::write(stream, asio::buffer(last_request));

    // Past the end of TLS, which this client never answers, the socket itself ends.
    EXPECT_EQ(read_to_the_end(stream.next_layer()).end, asio::error::eof);
}

TEST_F(TlsTest, has_no_answer_for_a_client_that_speaks_plainly) {
    serve();
    auto socket = connect();
    asio::write(socket, asio::buffer(last_request));
    EXPECT_THAT(read_to_the_end(socket).text, testing::Not(HasSubstr("HTTP/1.1")));
}

TEST_F(TlsTest, names_the_file_that_cannot_be_used) {
    const auto other = support::make_self_signed(folder_.path(), "other");
    const auto problem_with = [](const TlsFiles& files) -> std::string {
        try {
            (void)make_tls_terminator(files);
        } catch (const std::system_error& problem) {
            return problem.what();
        }
        return {};
    };
    EXPECT_THAT(problem_with({.certificate = "/nowhere.crt", .key = files_.key}), HasSubstr("/nowhere.crt"));
    EXPECT_THAT(problem_with({.certificate = files_.certificate, .key = "/nowhere.key"}),
                HasSubstr("/nowhere.key"));
    EXPECT_THAT(problem_with({.certificate = files_.certificate, .key = other.key}), HasSubstr("other.key"));
}

}  // namespace
}  // namespace vcare::http
