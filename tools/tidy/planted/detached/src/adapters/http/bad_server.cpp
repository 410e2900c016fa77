// SPDX-License-Identifier: Apache-2.0
void start() { boost::asio::co_spawn(executor, run(), boost::asio::detached); }
