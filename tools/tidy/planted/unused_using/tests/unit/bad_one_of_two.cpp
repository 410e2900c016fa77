// SPDX-License-Identifier: Apache-2.0
namespace vcare::tests {
using domain::Mode;
using domain::SessionId;

Mode mode_of(const Session& session);
}  // namespace vcare::tests
