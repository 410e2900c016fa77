// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/store/postgres_link.hpp"
#include "unit/adapters/store/store_fixture.hpp"

/// For tests of what only PostgreSQL has.
namespace vcare::store {

inline PostgresOptions options_for(const std::string& url) {
    return {.url = url, .loops = {loop().get_executor()}};
}

/// A connection in one of the service's roles, to try what the service never would.
class InRole {
  public:
    InRole(const std::string& url, const char* role) : handle_(connect_as(url, role, why_)) {
        if (!handle_) throw std::runtime_error{why_};
    }
    /// What the server said against it; empty when it did it.
    std::string refused(const std::string& sql) { return run_script(handle_.get(), sql); }
    std::string ask(const std::string& sql) { return store::ask(handle_.get(), sql); }

  private:
    std::string why_;
    PgHandle handle_;
};

}  // namespace vcare::store
