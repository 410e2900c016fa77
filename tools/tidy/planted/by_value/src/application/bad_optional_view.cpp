// SPDX-License-Identifier: Apache-2.0
Task<Result<void>> find(std::optional<std::string_view> name);
