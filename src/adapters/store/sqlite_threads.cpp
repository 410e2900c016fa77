// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <sqlite3.h>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/store/sqlite_database.hpp"

namespace vcare::store {
namespace {

namespace asio = boost::asio;
using Handler = asio::any_completion_handler<void()>;

/// What one look at the file and one wake-up serve, when many wait. Few, so that a long read holds up few.
constexpr std::size_t reads_at_once = 8;

/// A job, and whom to wake on which executor when it is done.
struct Entry {
    Job* job;
    asio::any_io_executor executor;
    Handler handler;
};

void answer(Entry entry) {
    asio::post(entry.executor, [handler = std::move(entry.handler)]() mutable { std::move(handler)(); });
}

/// Jobs on their way to a thread. Bounded; shut at the end.
class Queue {
  public:
    explicit Queue(std::size_t limit) : limit_(limit) {}

    void push(Entry entry) {
        Failure refusal = Failure::none;
        {
            const std::lock_guard lock{mutex_};
            if (shut_) {
                refusal = Failure::closed;
            } else if (entries_.size() >= limit_) {
                refusal = Failure::overloaded;
            } else {
                entries_.push_back(std::move(entry));
                filled_.notify_one();
                return;
            }
        }
        entry.job->fail(refusal);
        answer(std::move(entry));
    }

    /// Waits for jobs and takes up to `limit`, but no more than an equal share of them when several threads
    /// take from this queue; empty when the queue is shut and there are none left.
    [[nodiscard]] std::vector<Entry> take(std::size_t limit, std::size_t threads = 1) {
        std::unique_lock lock{mutex_};
        filled_.wait(lock, [this] { return shut_ || !entries_.empty(); });
        const std::size_t share = (entries_.size() + threads - 1) / threads;
        const std::size_t count = std::min(limit, share);
        std::vector<Entry> taken;
        taken.reserve(count);
        while (taken.size() < count) {
            taken.push_back(std::move(entries_.front()));
            entries_.pop_front();
        }
        return taken;
    }

    void shut() {
        const std::lock_guard lock{mutex_};
        shut_ = true;
        filled_.notify_all();
    }

  private:
    const std::size_t limit_;
    std::mutex mutex_;
    std::condition_variable filled_;
    std::deque<Entry> entries_;
    bool shut_ = false;
};

Task<void> enqueue(Queue* queue, Job* job) {
    return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
        [queue, job](auto handler) {
            // Counted as work, so that the asker's loop does not end while it waits for us.
            auto executor = asio::prefer(asio::get_associated_executor(handler),
                                         asio::execution::outstanding_work.tracked);
            queue->push({job, std::move(executor), Handler{std::move(handler)}});
        },
        asio::use_awaitable);
}

class ThreadedDatabase final : public Database {
  public:
    ThreadedDatabase(ThreadedOptions options, std::unique_ptr<SqliteConnection> writer)
        : options_(std::move(options)), writes_(options_.queue_limit), reads_(options_.queue_limit) {
        threads_.emplace_back(
            [this, connection = std::move(writer)]() mutable { run_writer(std::move(connection)); });
        for (unsigned i = 0; i < options_.readers; ++i) threads_.emplace_back([this] { run_reader(); });
    }

    ~ThreadedDatabase() override { close(); }

    Task<void> perform_read(Job* job) override { return enqueue(&reads_, job); }
    Task<void> perform_write(Job* job) override { return enqueue(&writes_, job); }

    void close() override {
        writes_.shut();
        reads_.shut();
        for (std::thread& thread : threads_) {
            if (thread.joinable()) thread.join();
        }
    }

    Result<void> backup_to(std::string path) override;

  private:
    void run_writer(std::unique_ptr<SqliteConnection> connection) {
        std::vector<Job*> jobs;
        for (auto batch = writes_.take(options_.batch_limit); !batch.empty();
             batch = writes_.take(options_.batch_limit)) {
            jobs.clear();
            for (const Entry& entry : batch) jobs.push_back(entry.job);
            if (!make_ready(connection, SqliteConnection::Access::write)) {
                for (Job* job : jobs) job->fail(Failure::broken);
            } else if (run_batch(*connection, jobs) == BatchEnd::reopen) {
                connection.reset();
            }
            for (Entry& entry : batch) answer(std::move(entry));
        }
    }

    void run_reader() {
        std::unique_ptr<SqliteConnection> connection;
        const auto take = [this] { return reads_.take(reads_at_once, options_.readers); };
        for (auto batch = take(); !batch.empty(); batch = take()) {
            (void)make_ready(connection, SqliteConnection::Access::read);
            for (Entry& entry : batch) {
                if (!connection) {
                    entry.job->fail(Failure::broken);
                } else if (run_read(*connection, *entry.job) == BatchEnd::reopen) {
                    connection.reset();
                }
                answer(std::move(entry));
            }
        }
    }

    /// Opens the file again after a failure, and when another one has taken its place.
    bool make_ready(std::unique_ptr<SqliteConnection>& connection, SqliteConnection::Access access) {
        if (connection && connection->look_at_file() != Failure::none) connection.reset();
        if (!connection) connection = reopen(access);
        return connection != nullptr;
    }

    std::unique_ptr<SqliteConnection> reopen(SqliteConnection::Access access) {
        std::string why;
        return SqliteConnection::open(options_.path, access, why);
    }

    const ThreadedOptions options_;
    Queue writes_;
    Queue reads_;
    std::vector<std::thread> threads_;
};

/// Copies everything in one step: a reader of a WAL file holds nobody up, and sees one state.
Result<void> ThreadedDatabase::backup_to(std::string path) {
    const auto unavailable = [](std::string detail) {
        return std::unexpected{Error{.code = ErrorCode::store_unavailable, .detail = std::move(detail)}};
    };
    const auto source = reopen(SqliteConnection::Access::read);
    if (!source) return unavailable("The store cannot be opened.");
    make_private_file(path);
    sqlite3* target = nullptr;
    bool copied = false;
    if (sqlite3_open_v2(path.c_str(), &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) ==
        SQLITE_OK) {
        if (sqlite3_backup* backup = sqlite3_backup_init(target, "main", source->handle(), "main")) {
            copied = sqlite3_backup_step(backup, -1) == SQLITE_DONE;
            copied = sqlite3_backup_finish(backup) == SQLITE_OK && copied;
        }
    }
    sqlite3_close(target);
    if (!copied) return unavailable("The copy cannot be written.");
    return {};
}

}  // namespace

std::unique_ptr<Database> make_threaded_database(ThreadedOptions options,
                                                 std::unique_ptr<SqliteConnection> writer) {
    return std::make_unique<ThreadedDatabase>(std::move(options), std::move(writer));
}

}  // namespace vcare::store
