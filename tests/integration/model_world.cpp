#include "integration/model_world.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace tickcast::test {

namespace {

using namespace std::chrono_literals;

/// Less than the time between heartbeats: a heartbeat could restart output that the server forgot.
constexpr auto kPatience = 10s;
/// With this many streams, the chance that a shard has none is less than one in a thousand.
constexpr unsigned kCanaries = 12;
constexpr unsigned kThrottleMs = 5;
/// Long numbers, so that sockets fill up soon.
constexpr char const* kLongRest =
    ",\"b\":-92233720368.54775807,\"bz\":92233720368.54775807,"
    "\"a\":-92233720368.54775806,\"az\":92233720368.54775806,\"z\":92233720368.54775805}\n";
constexpr char const* kCanary = "CANARY";

/// Asks until the condition holds; throws after a long time.
template <class Check>
void eventually(char const* what, Check&& check) {
    auto const until = std::chrono::steady_clock::now() + kPatience;
    while (!check()) {
        if (std::chrono::steady_clock::now() > until) throw Broken{std::string{"never: "} + what};
    }
}

}  // namespace

ModelWorld::ModelWorld(std::uint16_t port, std::uint16_t admin_port, Leaving leaving,
                       std::chrono::milliseconds session_wait)
    : port_(port),
      leaving_(leaving),
      session_wait_(session_wait),
      public_({"127.0.0.1", port}),
      admin_({"127.0.0.1", admin_port}) {
    if (leaving == Leaving::racy) return;
    names_ = {kCanary};
    for (unsigned i = 0; i < kCanaries; ++i) {
        create(0);
        connect(*sessions_.back());
        await_snapshot(*sessions_.back());
    }
    canaries_.swap(sessions_);
}

HttpReply ModelWorld::rest(char const* method, std::string const& target, std::string const& body) {
    return public_.request(method, target, body.empty() ? "" : "application/json", body);
}

void ModelWorld::run(unsigned seed) {
    random_.seed(seed);
    names_.clear();
    auto const prefix = (leaving_ == Leaving::racy ? "R" : "S") + std::to_string(seed) + ".";
    // With many tickers a frame is larger than a small socket takes at once: the cut is within a
    // frame.
    for (unsigned i = 0; i < (seed % 4 == 0 ? 60 : 6); ++i)
        names_.push_back(prefix + std::to_string(i));
    for (auto steps = 20 + below(40); steps > 0; --steps)
        step();
    end_scenario();
}

void ModelWorld::step() {
    auto const what = below(100);
    auto* const streaming = pick(true);
    auto* const waiting = pick(false);
    if (sessions_.empty() || (what < 4 && sessions_.size() < 4)) {
        create(below(4) == 0 ? kThrottleMs : 0);
    } else if (what == 4 && waiting != nullptr && session_wait_ < 1s && below(4) == 0) {
        await_expiry(*waiting);
    } else if (what < 14 && (waiting != nullptr || below(4) == 0)) {
        connect(waiting != nullptr ? *waiting : *streaming);  // the second one is a take-over
    } else if (what < 20) {
        patch(*sessions_[below(static_cast<unsigned>(sessions_.size()))]);
    } else if (what < 22) {
        remove(*sessions_[below(static_cast<unsigned>(sessions_.size()))]);
    } else if (what < 25) {
        flood();
    } else if (what < 60 || streaming == nullptr) {
        push();
    } else if (what < 80) {
        read_a_little(*streaming);
    } else if (what < 94) {
        send_change(*streaming);
    } else {
        disconnect(*streaming);
    }
}

ModelWorld::Tickers ModelWorld::some_tickers() {
    Tickers some;
    for (auto const& name : names_) {
        if (below(2) == 0) some.push_back(name);
    }
    std::shuffle(some.begin(), some.end(), random_);
    return some;
}

ModelWorld::Session* ModelWorld::pick(bool streaming) {
    std::vector<Session*> fitting;
    for (auto const& session : sessions_) {
        if ((session->stream != nullptr) == streaming) fitting.push_back(session.get());
    }
    return fitting.empty() ? nullptr : fitting[below(static_cast<unsigned>(fitting.size()))];
}

void ModelWorld::push() {
    ++totals_.steps["push"];
    std::string body;
    auto const batch = below(3) == 0 ? 1 + below(8) : 1;
    for (unsigned i = 0; i < batch; ++i) {
        auto const& name = names_[below(static_cast<unsigned>(names_.size()))];
        body += R"({"s":")" + name + R"(","p":)" + std::to_string(++sequence_[name]) + kLongRest;
    }
    auto const reply = admin_.request("POST", "/v1/ticks", "application/x-ndjson", body);
    if (reply.status != 202) throw Broken{"ticks refused: " + reply.body};
}

/// More than the sockets of a small client hold while it does not read.
void ModelWorld::flood() {
    ++totals_.steps["flood"];
    for (auto pushes = 10 + below(20); pushes > 0; --pushes)
        push();
}

void ModelWorld::create(unsigned throttle_ms) {
    ++totals_.steps["create"];
    auto session = std::make_unique<Session>();
    session->tickers = some_tickers();
    if (session->tickers.empty()) session->tickers = {names_[0]};
    nlohmann::json const body{{"tickers", session->tickers}, {"throttle_ms", throttle_ms}};
    session->waits_since = std::chrono::steady_clock::now();
    auto const reply = rest("POST", "/v1/sessions", body.dump());
    if (reply.status != 201) throw Broken{"no session: " + reply.body};
    session->id = nlohmann::json::parse(reply.body).at("session_id").get<std::string>();
    sessions_.push_back(std::move(session));
}

void ModelWorld::connect(Session& session) {
    auto const waited = std::chrono::steady_clock::now() - session.waits_since;
    if (!session.stream && waited > session_wait_ / 2) return await_expiry(session);
    ++totals_.steps[session.stream ? "take-over" : "connect"];
    if (session.stream) {
        await_answers(session);
        before_leaving(session);
        auto next = std::make_unique<ModelStream>(port_, session.id, below(2) == 0);
        expect_ending(session, 4001, "taken_over");
        session.stream = std::move(next);
    } else {
        session.stream = std::make_unique<ModelStream>(port_, session.id, below(2) == 0);
    }
    session.history = {session.tickers};
    session.answered = 0;
    if (leaving_ != Leaving::racy) await_snapshot(session);
}

void ModelWorld::await_expiry(Session& session) {
    ++totals_.steps["expiry"];
    eventually("a session expires",
               [&] { return rest("GET", "/v1/sessions/" + session.id).status == 404; });
    if (std::chrono::steady_clock::now() - session.waits_since < session_wait_) {
        throw Broken{"a session expired too early"};
    }
    std::erase_if(sessions_, [&](auto const& each) { return each.get() == &session; });
}

void ModelWorld::read_a_little(Session& session) {
    ++totals_.steps["read"];
    session.stream->read(std::chrono::milliseconds{below(2)});
    check_answers(session);
}

void ModelWorld::send_change(Session& session) {
    ++totals_.steps["message"];
    auto const tickers = some_tickers();
    switch (below(5)) {
        case 0: {
            session.stream->send({{"op", "ping"}, {"id", 1}});
            auto const pongs = session.stream->pongs();
            return eventually("a pong", [&] {
                session.stream->read(10ms);
                return session.stream->pongs() > pongs;
            });
        }
        case 1:
            session.stream->send({{"op", "throttle"}, {"ms", below(2) * kThrottleMs}});
            changed(session, {}, {});
            break;
        case 2:
            before_leaving(session);
            session.stream->send({{"op", "unsubscribe"}, {"tickers", tickers}});
            account(session, tickers);
            changed(session, {}, tickers);
            break;
        default:
            session.stream->send({{"op", "subscribe"}, {"tickers", tickers}});
            changed(session, tickers, {});
    }
    await_answers(session);
    if (leaving_ != Leaving::racy) await_snapshot(session);
}

void ModelWorld::patch(Session& session) {
    ++totals_.steps["patch"];
    auto const add = some_tickers();
    auto const removed = some_tickers();
    // A ticker that is removed and added in one change has never left.
    Tickers left;
    for (auto const& name : removed) {
        if (std::find(add.begin(), add.end(), name) == add.end()) left.push_back(name);
    }
    if (session.stream) before_leaving(session);
    nlohmann::json const body{{"add", add}, {"remove", removed}};
    auto const reply = rest("PATCH", "/v1/sessions/" + session.id, body.dump());
    if (reply.status == 404 && !session.stream &&
        std::chrono::steady_clock::now() - session.waits_since >= session_wait_) {
        return;  // the session expired; the next attempt to stream it finds that
    }
    if (reply.status != 200) throw Broken{"PATCH refused: " + reply.body};
    if (session.stream) account(session, left);
    changed(session, add, removed);
    if (nlohmann::json::parse(reply.body).at("tickers").get<Tickers>() != session.tickers) {
        throw Broken{"PATCH gave " + reply.body};
    }
    if (session.stream && leaving_ != Leaving::racy) {
        await_answers(session);
        await_snapshot(session);
    }
}

void ModelWorld::disconnect(Session& session) {
    ++totals_.steps["disconnect"];
    await_answers(session);
    before_leaving(session);
    close_accounts(session);
    // The server sees the end before we read: the kernel needs 200 ms to open a full window.
    session.waits_since = std::chrono::steady_clock::now();
    if (below(3) == 0) {
        session.stream->close();
        eventually("a closing handshake", [&] { return !session.stream->read(10ms); });
        if (session.stream->close_code() != 1000) throw Broken{"a close was not echoed"};
    }
    session.stream.reset();  // by RST where it was not closed
    await_state_change(session);
}

void ModelWorld::remove(Session& session) {
    ++totals_.steps["delete"];
    if (session.stream) {
        await_answers(session);
        before_leaving(session);
    }
    auto const reply = rest("DELETE", "/v1/sessions/" + session.id);
    auto const expired = std::chrono::steady_clock::now() - session.waits_since >= session_wait_;
    if (reply.status != 204 && (session.stream || !expired)) {
        throw Broken{"DELETE refused: " + reply.body};
    }
    if (session.stream) expect_ending(session, 4000, "deleted");
    std::erase_if(sessions_, [&](auto const& each) { return each.get() == &session; });
}

void ModelWorld::end_scenario() {
    for (auto const& session : sessions_) {
        if (session->stream) settle(*session);
    }
    while (!sessions_.empty())
        remove(*sessions_.back());
}

void ModelWorld::changed(Session& session, Tickers const& add, Tickers const& removed) {
    auto& tickers = session.tickers;
    auto const in = [](Tickers const& list, std::string const& name) {
        return std::find(list.begin(), list.end(), name) != list.end();
    };
    std::erase_if(tickers, [&](std::string const& name) { return in(removed, name); });
    for (auto const& name : add) {
        if (!in(tickers, name)) tickers.push_back(name);
    }
    if (session.stream) session.history.push_back(tickers);
}

void ModelWorld::before_leaving(Session& session) {
    if (leaving_ == Leaving::settled) settle(session);
    if (leaving_ == Leaving::cut) barrier();
}

/// The fate of every tick of these tickers since their snapshots is known.
void ModelWorld::account(Session& session, Tickers const& tickers) {
    for (auto const& name : tickers) {
        auto const base = session.stream->base().find(name);
        auto const is_on = std::find(session.tickers.begin(), session.tickers.end(), name) !=
                           session.tickers.end();
        if (is_on && base != session.stream->base().end()) {
            totals_.expected += sequence_[name] - base->second;
        }
    }
}

void ModelWorld::close_accounts(Session& session) {
    account(session, session.tickers);
    totals_.received += session.stream->ticks();
    totals_.gaps += session.stream->gaps();
}

/// The answer to the k-th change names the tickers after that change, or after a later one.
void ModelWorld::check_answers(Session& session) {
    auto& answers = session.stream->subscribed();
    for (; !answers.empty(); answers.pop_front()) {
        auto const first =
            session.history.begin() + static_cast<std::ptrdiff_t>(++session.answered);
        if (session.answered >= session.history.size()) throw Broken{"an answer too many"};
        if (std::find(first, session.history.end(), answers.front()) == session.history.end()) {
            throw Broken{"subscribed names what the session never was"};
        }
    }
}

void ModelWorld::await_answers(Session& session) {
    eventually("an answer to each change", [&] {
        check_answers(session);
        return session.answered + 1 == session.history.size() ||
               (session.stream->read(10ms), false);
    });
}

void ModelWorld::await_snapshot(Session& session) {
    eventually("a snapshot of all tickers", [&] {
        auto const& newest = session.stream->newest();
        auto const covered =
            std::all_of(session.tickers.begin(), session.tickers.end(),
                        [&newest](std::string const& name) { return newest.contains(name); });
        return (covered && session.stream->snapshots() > 0) || (session.stream->read(10ms), false);
    });
}

bool ModelWorld::is_current(Session const& session) const {
    auto const& newest = session.stream->newest();
    return session.stream->snapshots() > 0 && newest.size() == session.tickers.size() &&
           std::all_of(
               session.tickers.begin(), session.tickers.end(), [&](std::string const& name) {
                   auto const found = newest.find(name);
                   auto const sequence = sequence_.find(name);
                   return found != newest.end() &&
                          found->second == (sequence == sequence_.end() ? 0 : sequence->second);
               });
}

/// The promise: each client ends with the newest of each of its tickers.
void ModelWorld::settle(Session& session) {
    await_answers(session);
    eventually("the newest of each ticker",
               [&] { return is_current(session) || (session.stream->read(10ms), false); });
}

/// Afterwards every shard has taken in all pushed ticks, and has handled every earlier request.
void ModelWorld::barrier() {
    auto const body = std::string{R"({"s":")"} + kCanary + R"(","p":)" +
                      std::to_string(++sequence_[kCanary]) + "}\n";
    admin_.request("POST", "/v1/ticks", "application/x-ndjson", body);
    for (auto const& canary : canaries_)
        settle(*canary);
}

void ModelWorld::expect_ending(Session& session, int code, std::string const& goodbye) {
    close_accounts(session);
    auto const received = session.stream->ticks();
    auto const gaps = session.stream->gaps();
    eventually("a close frame", [&] { return !session.stream->read(10ms); });
    if (session.stream->close_code() != code || session.stream->goodbye() != goodbye) {
        throw Broken{"ended by " + std::to_string(session.stream->close_code()) + " " +
                     session.stream->goodbye() + ", not " + goodbye};
    }
    totals_.received += session.stream->ticks() - received;
    totals_.gaps += session.stream->gaps() - gaps;
    session.stream.reset();
    if (leaving_ != Leaving::racy) barrier();
}

void ModelWorld::await_state_change(Session& session) {
    eventually("a stream's end is seen", [&] {
        auto const reply = rest("GET", "/v1/sessions/" + session.id);
        if (reply.status == 404 &&
            std::chrono::steady_clock::now() - session.waits_since >= session_wait_) {
            return true;  // the session expired; the next attempt to stream it finds that
        }
        if (reply.status != 200) throw Broken{"a session was lost with its stream"};
        return nlohmann::json::parse(reply.body).at("state") == "detached";
    });
}

void ModelWorld::open_some(unsigned count) {
    names_ = {"DRAIN.A", "DRAIN.B"};
    for (unsigned i = 0; i < count; ++i) {
        create(0);
        connect(*sessions_.back());
    }
    push();
    for (auto const& session : sessions_)
        settle(*session);
}

void ModelWorld::expect_drain() {
    for (auto const& session : sessions_) {
        eventually("the end of a drained stream", [&] { return !session->stream->read(10ms); });
        if (session->stream->close_code() != 1001 || session->stream->goodbye() != "draining") {
            throw Broken{"drained by " + std::to_string(session->stream->close_code())};
        }
    }
    sessions_.clear();
}

void ModelWorld::finish() {
    for (auto const& canary : canaries_) {
        settle(*canary);
        close_accounts(*canary);
        canary->stream.reset();
        await_state_change(*canary);
    }
    canaries_.clear();
}

}  // namespace tickcast::test
