// SPDX-License-Identifier: Apache-2.0
boost::asio::awaitable<void> say(std::string_view text) { co_return; }
