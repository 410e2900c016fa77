// SPDX-License-Identifier: Apache-2.0
#include "support/remote_double.hpp"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/free_port.hpp"

namespace vcare::support {
namespace {

struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* connection) const { SSL_free(connection); }
    void operator()(BIO* memory) const { BIO_free(memory); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Owned<SSL_CTX> make_context(const Certificate& certificate) {
    Owned<SSL_CTX> context{SSL_CTX_new(TLS_server_method())};
    const auto memory_with = [](const std::string& text) {
        return Owned<BIO>{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    };
    const Owned<X509> shown{
        PEM_read_bio_X509(memory_with(certificate.chain).get(), nullptr, nullptr, nullptr)};
    const Owned<EVP_PKEY> key{
        PEM_read_bio_PrivateKey(memory_with(certificate.key).get(), nullptr, nullptr, nullptr)};
    const bool is_usable = SSL_CTX_use_certificate(context.get(), shown.get()) == 1 &&
                           SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1;
    if (!is_usable) throw std::runtime_error{"not a certificate with its key"};
    return context;
}

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

/// One connection's bytes, plain or over TLS.
class Wire {
  public:
    Wire(int descriptor, SSL_CTX* context) : descriptor_(descriptor) {
        if (context == nullptr) return;
        tls_.reset(SSL_new(context));
        SSL_set_fd(tls_.get(), descriptor_);
    }
    bool accept() { return !tls_ || SSL_accept(tls_.get()) == 1; }
    /// Empty when there will be no more.
    std::string read_some() {
        std::string bytes(16384, '\0');
        const auto size = static_cast<int>(bytes.size());
        const auto got = tls_ ? SSL_read(tls_.get(), bytes.data(), size)
                              : static_cast<int>(::recv(descriptor_, bytes.data(), bytes.size(), 0));
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return bytes;
    }
    bool write(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto size = static_cast<int>(bytes.size());
            const auto sent =
                tls_ ? SSL_write(tls_.get(), bytes.data(), size)
                     : static_cast<int>(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    void say_goodbye() {
        if (tls_) SSL_shutdown(tls_.get());
    }
    void reset_at_close() const {
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }

  private:
    int descriptor_;
    Owned<SSL> tls_;
};

/// The next request; nothing when the connection ended before it was whole. `unread` is what came already.
std::optional<Received> read_request(Wire& wire, std::string& unread) {
    const auto read_until = [&](auto enough) {
        while (!enough()) {
            const std::string more = wire.read_some();
            if (more.empty()) return false;
            unread += more;
        }
        return true;
    };
    if (!read_until([&] { return unread.find("\r\n\r\n") != std::string::npos; })) return std::nullopt;
    const auto head_size = unread.find("\r\n\r\n") + 4;
    std::string_view head{unread.data(), head_size - 2};

    Received received;
    const auto line_end = head.find("\r\n");
    const std::string_view first = head.substr(0, line_end);
    const auto method_end = first.find(' ');
    received.method = first.substr(0, method_end);
    received.target = first.substr(method_end + 1, first.rfind(' ') - method_end - 1);
    for (head.remove_prefix(line_end + 2); !head.empty();) {
        const auto stop = head.find("\r\n");
        const std::string_view line = head.substr(0, stop);
        head.remove_prefix(stop + 2);
        const auto colon = line.find(": ");
        received.headers.emplace(lower_case(std::string{line.substr(0, colon)}), line.substr(colon + 2));
    }
    std::size_t length = 0;
    if (const auto found = received.headers.find("content-length"); found != received.headers.end())
        std::from_chars(found->second.data(), found->second.data() + found->second.size(), length);
    if (!read_until([&] { return unread.size() >= head_size + length; })) return std::nullopt;
    received.body = unread.substr(head_size, length);
    unread.erase(0, head_size + length);
    return received;
}

}  // namespace

class RemoteDouble::Listener {
  public:
    Listener(Respond respond, Owned<SSL_CTX> context)
        : respond_(std::make_shared<Respond>(std::move(respond))), context_(std::move(context)) {}
    ~Listener() { stop(); }

    void start() {
        listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int yes = 1;
        ::setsockopt(listening_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        // Chosen once, so that a double that was gone comes back where it was.
        if (port_ == 0) port_ = free_port();
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        const bool listens =
            ::bind(listening_, generic, sizeof address) == 0 && ::listen(listening_, 64) == 0;
        if (!listens) throw std::runtime_error{"the double cannot listen"};
        is_stopping_ = false;
        accepting_ = std::thread{[this] { accept(); }};
    }

    void stop() {
        {
            const std::lock_guard lock{mutex_};
            is_stopping_ = true;
            if (listening_ >= 0) ::shutdown(listening_, SHUT_RDWR);
            for (const int descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
        }
        if (accepting_.joinable()) accepting_.join();
        for (std::thread& thread : serving_) thread.join();
        serving_.clear();
    }

    std::uint16_t port() const { return port_; }
    bool is_secure() const { return context_ != nullptr; }
    void respond(Respond respond) {
        const std::lock_guard lock{mutex_};
        respond_ = std::make_shared<Respond>(std::move(respond));
    }
    std::vector<Received> requests() const {
        const std::lock_guard lock{mutex_};
        return requests_;
    }
    std::size_t connections() const {
        const std::lock_guard lock{mutex_};
        return connections_;
    }
    bool wait_for_requests(std::size_t count, std::chrono::milliseconds within) const {
        std::unique_lock lock{mutex_};
        return came_.wait_for(lock, within, [&] { return requests_.size() >= count; });
    }

  private:
    void accept() {
        ignore_broken_pipes();
        for (;;) {
            const int descriptor = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
            const std::lock_guard lock{mutex_};
            if (descriptor < 0 || is_stopping_) {
                if (descriptor >= 0) ::close(descriptor);
                ::close(std::exchange(listening_, -1));
                return;
            }
            const int yes = 1;
            ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            open_.insert(descriptor);
            serving_.emplace_back([this, descriptor, number = ++connections_] { serve(descriptor, number); });
        }
    }

    void serve(int descriptor, std::size_t number) {
        ignore_broken_pipes();
        {
            Wire wire{descriptor, context_.get()};
            std::string unread;
            bool goes_on = wire.accept();
            while (goes_on) {
                auto received = read_request(wire, unread);
                if (!received) break;
                received->connection = number;
                goes_on = perform(note(std::move(*received)), wire);
            }
        }
        const std::lock_guard lock{mutex_};
        open_.erase(descriptor);
        ::close(descriptor);
    }

    Reply note(Received received) {
        std::shared_ptr<Respond> respond;
        {
            const std::lock_guard lock{mutex_};
            requests_.push_back(received);
            respond = respond_;
        }
        came_.notify_all();
        return (*respond)(received);
    }

    static bool perform(const Reply& reply, Wire& wire) {
        const bool is_sent = wire.write(reply.bytes);
        switch (reply.then) {
            case Reply::Then::keep_open:
                return is_sent;
            case Reply::Then::close:
                wire.say_goodbye();
                return false;
            case Reply::Then::reset:
                wire.reset_at_close();
                return false;
            case Reply::Then::stall:
                while (!wire.read_some().empty()) {
                }
                return false;
        }
        return false;
    }

    // A signal for the thread that writes; the program under test is another.
    static void ignore_broken_pipes() {
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    }

    mutable std::mutex mutex_;
    mutable std::condition_variable came_;
    std::shared_ptr<Respond> respond_;  // kept by whoever is calling it
    const Owned<SSL_CTX> context_;
    std::uint16_t port_ = 0;
    int listening_ = -1;
    bool is_stopping_ = false;
    std::thread accepting_;
    std::vector<std::thread> serving_;
    std::set<int> open_;
    std::vector<Received> requests_;
    std::size_t connections_ = 0;
};

Reply reply(int status, const std::string& body, const std::string& content_type,
            const std::map<std::string, std::string>& headers) {
    std::string bytes = "HTTP/1.1 " + std::to_string(status) + " Said\r\ncontent-type: " + content_type +
                        "\r\ncontent-length: " + std::to_string(body.size()) + "\r\n";
    for (const auto& [name, value] : headers) bytes += name + ": " + value + "\r\n";
    return {.bytes = bytes + "\r\n" + body};
}

Reply json_reply(int status, const std::string& body, const std::map<std::string, std::string>& headers) {
    return reply(status, body, "application/json", headers);
}

Reply cut(const Reply& whole, std::size_t bytes, Reply::Then then) {
    return {.bytes = whole.bytes.substr(0, bytes), .then = then};
}

Reply silence() {
    return {.then = Reply::Then::stall};
}

RemoteDouble::RemoteDouble(Respond respond)
    : listener_(std::make_unique<Listener>(std::move(respond), nullptr)) {
    listener_->start();
}
RemoteDouble::RemoteDouble(Respond respond, const Certificate& certificate)
    : listener_(std::make_unique<Listener>(std::move(respond), make_context(certificate))) {
    listener_->start();
}
RemoteDouble::~RemoteDouble() = default;

std::uint16_t RemoteDouble::port() const {
    return listener_->port();
}
std::string RemoteDouble::url() const {
    return (listener_->is_secure() ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port());
}
void RemoteDouble::respond(Respond respond) {
    listener_->respond(std::move(respond));
}
void RemoteDouble::stop() {
    listener_->stop();
}
void RemoteDouble::start() {
    listener_->start();
}
std::vector<Received> RemoteDouble::requests() const {
    return listener_->requests();
}
std::size_t RemoteDouble::connections() const {
    return listener_->connections();
}
bool RemoteDouble::wait_for_requests(std::size_t count, std::chrono::milliseconds within) const {
    return listener_->wait_for_requests(count, within);
}

}  // namespace vcare::support
