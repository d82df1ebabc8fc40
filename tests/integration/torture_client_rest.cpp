// What a client of the torture does by REST, and while its session has no stream.
#include "integration/torture_client.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>
#include <thread>
#include <utility>

namespace tickcast::test {

namespace {

bool is_error(HttpReply const& reply, int status, char const* code) {
    return reply.status == status && nlohmann::json::parse(reply.body).at("code") == code;
}

}  // namespace

void TortureClient::create() {
    Subscription wanted{some_tickers(), 5 * below(2)};
    if (wanted.tickers.empty()) wanted.tickers = {"AAPL"};
    nlohmann::json const body{{"tickers", wanted.tickers}, {"throttle_ms", wanted.throttle_ms}};
    waits_since_ = std::chrono::steady_clock::now();
    rest_.ask("POST", "/v1/sessions", body.dump(), by_chance(3));
    auto const reply = rest_.answer();
    if (reply.status != 201) throw Fault{"no session could be created: " + reply.body};
    session_ = nlohmann::json::parse(reply.body).at("session_id").get<std::string>();
    if (session_of(reply) != wanted) throw Fault{"not the session that was wanted: " + reply.body};
    possible_.emplace(std::move(wanted));
    count("create");
}

void TortureClient::wait_awhile() {
    switch (below(8)) {
        case 0:
            return begin_patch();
        case 1:
            return get_session();
        case 2:
            return delete_session(false);
        case 3:
            return await_expiry();
        default:
            return;
    }
}

void TortureClient::leave_session() {
    if (by_chance(2)) delete_session(false);
    finish_patch();
    session_.clear();
}

void TortureClient::begin_patch() {
    finish_patch();
    if (session_.empty()) return;
    SubscriptionChange change{.removed = some_tickers(), .added = some_tickers(), .throttle_ms{}};
    if (by_chance(3)) change.throttle_ms = 5 * below(3);
    Patch const patch{.stream = stream_number_, .wrong = by_chance(8)};
    nlohmann::json body{{"remove", change.removed}, {"add", change.added}};
    if (change.throttle_ms) body["throttle_ms"] = *change.throttle_ms;
    if (patch.wrong) body["add"].push_back("NOPE");
    ask("PATCH", body.dump());
    patch_ = patch;
    count("patch");
    if (patch.wrong) return;
    possible_->patch_sent(std::move(change));
    if (stream_) stream_->patch_begins();
}

void TortureClient::finish_patch() {
    if (!patch_) return;
    auto const patch = *std::exchange(patch_, {});
    auto const reply = rest_.answer();
    if (has_expired(reply)) return;
    if (patch.wrong) {
        if (!is_error(reply, 422, "unknown_ticker")) throw Fault{"not refused: " + reply.body};
        return;
    }
    if (reply.status != 200) throw Fault{"PATCH refused: " + reply.body};
    if (!possible_->patch_answered(session_of(reply))) {
        throw Fault{"PATCH does not make " + reply.body};
    }
    if (stream_ && patch.stream == stream_number_) stream_->patch_ends();
}

void TortureClient::get_session() {
    finish_patch();
    if (session_.empty()) return;
    auto const reply = request("GET");
    if (has_expired(reply)) return;
    count("get");
    if (reply.status != 200) throw Fault{"GET refused: " + reply.body};
    if (!possible_->is_now(session_of(reply))) throw Fault{"the session is not " + reply.body};
    bool const streams = nlohmann::json::parse(reply.body).at("state") == "streaming";
    if (stream_ && !streams) throw Fault{"streams, but is " + reply.body};
}

/// To ask for a session does not prolong it.
void TortureClient::await_expiry() {
    finish_patch();
    auto const until =
        std::chrono::steady_clock::now() + std::chrono::milliseconds{TortureSocket::kPatienceMs};
    while (!session_.empty() && !has_expired(request("GET"))) {
        if (std::chrono::steady_clock::now() > until) throw Fault{"a session did not expire"};
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
}

/// No call and no stream finds the session any more.
void TortureClient::expect_gone() {
    if (by_chance(4)) {
        auto const stream = new_stream();
        stream->ask();
        if (stream->answered() != 404) throw Fault{"a session that has ended streams"};
    } else {
        static constexpr std::array kMethods{"GET", "PATCH", "DELETE"};
        auto const* const method = kMethods.at(below(kMethods.size()));
        auto const reply = request(method, method == kMethods[1] ? R"({"add":["AAPL"]})" : "");
        if (!is_error(reply, 404, "no_such_session")) {
            throw Fault{std::string{method} + " of a session that has ended: " + reply.body};
        }
    }
    session_.clear();
}

void TortureClient::ask(std::string_view method, std::string_view body) {
    rest_.ask(method, "/v1/sessions/" + session_, body, by_chance(3));
}

HttpReply TortureClient::request(std::string_view method, std::string_view body) {
    ask(method, body);
    return rest_.answer();
}

bool TortureClient::has_expired(HttpReply const& reply) {
    if (reply.status != 404) return false;
    auto const waited = std::chrono::steady_clock::now() - waits_since_;
    if (stream_ || waited < session_wait_) throw Fault{"a session was lost: " + reply.body};
    count("expiry");
    session_.clear();
    return true;
}

Subscription TortureClient::session_of(HttpReply const& reply) const {
    auto const json = nlohmann::json::parse(reply.body);
    auto const state = json.at("state").get<std::string>();
    bool const fits = json.at("session_id") == session_ &&
                      json.at("stream_url") == "/v1/stream/" + session_ &&
                      (state == "pending" || state == "streaming" || state == "detached") &&
                      json.contains("expires_at") == (state != "streaming");
    if (!fits) throw Fault{"not the session: " + reply.body};
    return {json.at("tickers").get<Tickers>(), json.at("throttle_ms").get<unsigned>()};
}

}  // namespace tickcast::test
