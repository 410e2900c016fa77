// SPDX-License-Identifier: Apache-2.0
#include "chaos/proxy.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/free_port.hpp"

namespace vcare::chaos {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// What one direction holds back before its sender has to wait.
constexpr std::size_t most_on_the_way = 262'144;
/// What goes before TLS begins is protected by nothing: a broker introduces itself so.
constexpr std::size_t never_corrupted = 1024;
/// How often a throttled direction sends.
constexpr milliseconds throttle_step{20};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int open_socket(int flags) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    const int yes = 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return descriptor;
}

void reset(int descriptor) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(descriptor);
}

struct Chunk {
    Clock::time_point due;
    std::string bytes;
};

/// One direction of a connection.
class Flow {
  public:
    Flow(int from, int to) : from_(from), to_(to) {}

    [[nodiscard]] bool reads() const { return !has_ended_ && size_ < most_on_the_way; }
    /// When the next bytes may leave; nothing when there are none.
    [[nodiscard]] std::optional<Clock::time_point> due() const {
        if (waiting_.empty()) return std::nullopt;
        return std::max(waiting_.front().due, next_send_);
    }
    [[nodiscard]] bool is_over() const { return has_said_goodbye_; }
    [[nodiscard]] int from() const { return from_; }
    [[nodiscard]] int to() const { return to_; }

    /// False when the connection broke.
    bool read(const Trouble& trouble, Clock::time_point now) {
        std::array<char, 16384> buffer{};
        const auto count = ::recv(from_, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count < 0) return errno == EAGAIN;
        has_ended_ = count == 0;
        if (has_ended_) return end_if_empty();
        Chunk chunk{now + trouble.delay, {buffer.data(), static_cast<std::size_t>(count)}};
        if (trouble.is_corrupting && read_ >= never_corrupted) chunk.bytes[chunk.bytes.size() / 2] ^= 0x20;
        read_ += chunk.bytes.size();
        size_ += chunk.bytes.size();
        waiting_.push_back(std::move(chunk));
        return true;
    }

    bool write(const Trouble& trouble, Clock::time_point now) {
        Chunk& chunk = waiting_.front();
        std::size_t most = chunk.bytes.size();
        if (trouble.bytes_per_second > 0) {
            const auto share = trouble.bytes_per_second * throttle_step.count() / 1000;
            most = std::min(most, static_cast<std::size_t>(std::max<std::int64_t>(share, 1)));
            next_send_ = now + throttle_step;
        }
        const auto count = ::send(to_, chunk.bytes.data(), most, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0) return errno == EAGAIN;
        size_ -= static_cast<std::size_t>(count);
        chunk.bytes.erase(0, static_cast<std::size_t>(count));
        if (chunk.bytes.empty()) waiting_.pop_front();
        return end_if_empty();
    }

  private:
    /// Whoever has no more to send says so to the other side when all of it is there.
    bool end_if_empty() {
        if (!has_ended_ || !waiting_.empty()) return true;
        has_said_goodbye_ = true;
        return ::shutdown(to_, SHUT_WR) == 0;
    }

    int from_;
    int to_;
    std::deque<Chunk> waiting_;
    std::size_t size_ = 0;
    std::size_t read_ = 0;
    Clock::time_point next_send_{};
    bool has_ended_ = false;
    bool has_said_goodbye_ = false;
};

/// A connection of a client, and the one that leads on.
struct Link {
    Link(int client, int server) : there(client, server), back(server, client) {}
    Flow there;
    Flow back;
};

}  // namespace

class Proxy::Loop {
  public:
    explicit Loop(std::uint16_t to) : to_(to), port_(support::free_port()), wake_(::eventfd(0, EFD_CLOEXEC)) {
        listening_ = open_socket(0);
        const sockaddr_in address = loopback(port_);
        const bool listens =
            ::bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
            ::listen(listening_, 128) == 0;
        if (!listens) throw std::runtime_error{"the proxy cannot listen"};
        thread_ = std::thread{[this] { run(); }};
    }
    ~Loop() {
        tell([this] { is_stopping_ = true; });
        thread_.join();
        for (Link& link : links_) break_off(link);
        ::close(listening_);
        ::close(wake_);
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    void trouble(const Trouble& trouble) {
        tell([&] { trouble_ = trouble; });
    }

  private:
    template <class Change>
    void tell(Change change) {
        const std::lock_guard lock{mutex_};
        change();
        const std::uint64_t one = 1;
        (void)!::write(wake_, &one, sizeof one);
    }

    void run() {
        std::optional<Trouble> wrong = what_is_wrong();
        while (wrong) {
            const std::vector<pollfd> seen = wait(*wrong);
            // Asked after the wait: what was told before the bytes came holds for them.
            wrong = what_is_wrong();
            if (!wrong) return;
            if (wrong->is_cut) {
                for (Link& link : links_) break_off(link);
                links_.clear();
            } else {
                pass(*wrong, seen);
            }
            if (seen[1].revents != 0) take(*wrong);
        }
    }

    /// Nothing: it is to end.
    std::optional<Trouble> what_is_wrong() {
        const std::lock_guard lock{mutex_};
        if (is_stopping_) return std::nullopt;
        return trouble_;
    }

    /// Until something can be done: the wake-up, the listener, and then for each flow where it reads and
    /// where it writes.
    std::vector<pollfd> wait(const Trouble& trouble) {
        std::vector<pollfd> watched = {{wake_, POLLIN, 0}, {listening_, POLLIN, 0}};
        std::optional<Clock::time_point> next;
        const auto now = Clock::now();
        const auto watch = [&](const Flow& flow) {
            const auto due = trouble.is_stalled ? std::nullopt : flow.due();
            const bool may_leave = due && *due <= now;
            if (due && !may_leave) next = std::min(next.value_or(*due), *due);
            const bool reads = flow.reads() && !trouble.is_stalled;
            watched.push_back({reads ? flow.from() : -1, POLLIN, 0});
            watched.push_back({may_leave ? flow.to() : -1, POLLOUT, 0});
        };
        for (const Link& link : links_) {
            watch(link.there);
            watch(link.back);
        }
        const auto timeout = next ? std::chrono::ceil<milliseconds>(*next - now).count() : -1;
        (void)::poll(watched.data(), watched.size(), static_cast<int>(timeout));
        std::uint64_t count = 0;
        if (watched[0].revents != 0) (void)!::read(wake_, &count, sizeof count);
        return watched;
    }

    void pass(const Trouble& trouble, const std::vector<pollfd>& seen) {
        const auto now = Clock::now();
        std::size_t at = 2;
        const auto is_whole = [&](Flow& flow) {
            const bool reads = seen[at].revents != 0;
            const bool writes = seen[at + 1].revents != 0;
            at += 2;
            if (trouble.is_stalled) return true;
            return (!reads || flow.read(trouble, now)) && (!writes || flow.write(trouble, now));
        };
        links_.remove_if([&](Link& link) {
            const bool there = is_whole(link.there);
            const bool back = is_whole(link.back);
            const bool is_broken = !there || !back;
            const bool is_over = link.there.is_over() && link.back.is_over();
            if (is_broken) {
                break_off(link);
            } else if (is_over) {
                ::close(link.there.from());
                ::close(link.there.to());
            }
            return is_broken || is_over;
        });
    }

    void take(const Trouble& trouble) {
        const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) return;
        if (trouble.is_cut) return reset(client);
        const int yes = 1;
        ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        const int server = open_socket(0);
        const sockaddr_in address = loopback(to_);
        // On the loopback it is there, or refused, at once.
        if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            ::close(server);
            return reset(client);
        }
        links_.emplace_back(client, server);
    }

    static void break_off(Link& link) {
        reset(link.there.from());
        reset(link.there.to());
    }

    const std::uint16_t to_;
    const std::uint16_t port_;
    const int wake_;
    int listening_ = -1;
    std::mutex mutex_;
    Trouble trouble_;
    bool is_stopping_ = false;
    std::list<Link> links_;
    std::thread thread_;
};

Proxy::Proxy(std::uint16_t to) : loop_(std::make_unique<Loop>(to)) {
}
Proxy::~Proxy() = default;

std::uint16_t Proxy::port() const {
    return loop_->port();
}
void Proxy::trouble(const Trouble& trouble) {
    loop_->trouble(trouble);
}

}  // namespace vcare::chaos
