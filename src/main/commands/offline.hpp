// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>

#include "domain/ids.hpp"
#include "main/adapter_set.hpp"
#include "main/command_line.hpp"
#include "main/loops.hpp"

namespace vcare::program {

/// What a command works with: the store, the keys and the use cases, while a server may run beside it. Events
/// are left to whoever serves.
class Offline {
  public:
    explicit Offline(const Settings& settings);

    [[nodiscard]] const application::Services& services() const { return adapters_.services(); }
    [[nodiscard]] store::Store& store() { return adapters_.store(); }
    [[nodiscard]] keys::EnvelopeKeys* envelope_keys() { return adapters_.envelope_keys(); }

    /// Runs the task to its end in this thread.
    template <class T>
    [[nodiscard]] T wait(Task<T> task) {
        return run_to_end(loop_, std::move(task));
    }

  private:
    boost::asio::io_context loop_{1};
    NoLiveStreams live_;
    AdapterSet adapters_;
};

/// The tenant that the line names, or all there are; says so when there is no such tenant.
[[nodiscard]] std::expected<std::vector<domain::TenantId>, ExitCode> tenants_of(
    Offline& offline, const std::optional<std::string>& named);

}  // namespace vcare::program
