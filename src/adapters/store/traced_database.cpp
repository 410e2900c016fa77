// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/traced_database.hpp"

#include "application/span.hpp"

namespace vcare::store {
namespace {

class TracedDatabase final : public Database {
  public:
    TracedDatabase(std::unique_ptr<Database> inner, std::string_view system,
                   application::Telemetry& telemetry)
        : inner_(std::move(inner)), system_(system), telemetry_(telemetry) {}

    // Work that nobody asked to see has no frame more than without us.
    Task<void> perform_read(Job* job) override {
        return job->sight().trace.sampled ? trace(job, Access::read) : inner_->perform_read(job);
    }
    Task<void> perform_write(Job* job) override {
        return job->sight().trace.sampled ? trace(job, Access::write) : inner_->perform_write(job);
    }

    Result<void> backup_to(std::string path) override { return inner_->backup_to(std::move(path)); }
    void close() override { inner_->close(); }

  private:
    enum class Access : std::uint8_t { read, write };

    Task<void> trace(Job* job, Access access) {
        const std::string_view operation = access == Access::read ? "read" : "write";
        application::Span span{telemetry_, job->sight().trace, application::SpanKind::client, operation};
        span.set("db.system.name", system_);
        span.set("db.operation.name", operation);
        co_await (access == Access::read ? inner_->perform_read(job) : inner_->perform_write(job));
    }

    const std::unique_ptr<Database> inner_;
    const std::string system_;
    application::Telemetry& telemetry_;
};

}  // namespace

std::unique_ptr<Database> make_traced_database(std::unique_ptr<Database> inner, std::string_view system,
                                               application::Telemetry& telemetry) {
    return std::make_unique<TracedDatabase>(std::move(inner), system, telemetry);
}

}  // namespace vcare::store
