// SPDX-License-Identifier: Apache-2.0
void TaskGroup::spawn(Task<void> task) { boost::asio::co_spawn(executor_, std::move(task), boost::asio::detached); }
