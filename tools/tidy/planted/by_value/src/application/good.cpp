// SPDX-License-Identifier: Apache-2.0
/// Not `Task<int> f(const Session& session)`.
Task<Result<std::map<int, std::string>>> admit(AdmitCommand command, std::function<void(const Session&)> then);
Task<void> Port::close() { co_return; }
Result<void> decide(const Session& session, std::string_view reason);
auto work = [](std::shared_ptr<Connection> connection) -> Task<void> { co_return; };
const char* text = "Task<int> f(int& x)";
