// SPDX-License-Identifier: Apache-2.0
Task<void> Writer::write(std::span<const std::byte> bytes, int count = 1) { co_return; }
