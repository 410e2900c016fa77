// SPDX-License-Identifier: Apache-2.0
struct Port {
    virtual Task<Result<std::optional<int>>> store(
        SessionId id,
        Row&& row) = 0;
};
