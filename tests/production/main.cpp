// SPDX-License-Identifier: Apache-2.0
// production_stack: starts everything, says where it is, and answers a test until SIGTERM. README.md has
// what.
#include <csignal>
#include <cstdio>
#include <exception>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "production/stack.hpp"
#include "support/remote_double.hpp"

namespace {

namespace json = boost::json;
using vcare::production::Stack;
using vcare::support::at;
using vcare::support::Received;
using vcare::support::Reply;

json::array events_of(const Stack& stack, const std::string& session) {
    json::array events;
    for (const auto& message : stack.broker().messages()) {
        json::value event = json::parse(message.body);
        if (at(event, "/data/sessionId") == session) events.push_back(std::move(event));
    }
    return events;
}

json::array encounters_of(const Stack& stack, const std::string& session) {
    json::array encounters;
    for (auto& encounter : stack.record().encounters_of(session)) encounters.push_back(std::move(encounter));
    return encounters;
}

Reply answer(const Stack& stack, const Received& asked) {
    const auto equals = asked.target.find('=');
    if (equals == std::string::npos) return vcare::support::json_reply(404, "{}");
    const std::string question = asked.method + " " + asked.target.substr(0, equals);
    const std::string about = asked.target.substr(equals + 1);
    const auto tell = [](const json::array& found) {
        return vcare::support::json_reply(200, json::serialize(found));
    };
    if (question == "GET /encounters?session") return tell(encounters_of(stack, about));
    if (question == "GET /events?session") return tell(events_of(stack, about));
    if (question != "POST /consents?patient") return vcare::support::json_reply(404, "{}");
    return vcare::support::json_reply(stack.consent().grant(Stack::tenant, about) ? 201 : 503, "{}");
}

void serve() {
    const Stack stack;
    // From here on a signal waits: what was started before keeps its own ways.
    sigset_t end;
    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    sigaddset(&end, SIGINT);
    pthread_sigmask(SIG_BLOCK, &end, nullptr);

    const vcare::support::RemoteDouble control{[&](const Received& asked) { return answer(stack, asked); }};
    const json::object where{{"baseUrl", stack.base_url()},
                             {"otherUrl", stack.other_url()},
                             {"issuer", stack.identity().issuer()},
                             {"control", control.url()}};
    std::printf("%s\n", json::serialize(where).c_str());
    std::fflush(stdout);
    int signal = 0;
    sigwait(&end, &signal);
}

}  // namespace

int main() {
    try {
        std::filesystem::current_path(VCARE_SOURCE_DIR);
        serve();
        return 0;
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "%s\n", problem.what());
        return 1;
    }
}
