#include "e2e/support/event_churn.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace tickcast::test {

namespace {

using namespace std::chrono_literals;

constexpr auto kEndLimit = 60s;
constexpr unsigned kStreams = 6;  // of one session, one after the other
constexpr std::array<char const*, 5> kFateNames{"reset", "left", "deleted", "taken over",
                                                "displaced its own ghost"};

}  // namespace

EventChurn::EventChurn(Endpoint server, unsigned clients) : server_(std::move(server)) {
    for (unsigned client = 0; client < clients; ++client)
        threads_.emplace_back([this, client] { live(client); });
}

void EventChurn::finish() {
    stop_ = true;
    for (auto& thread : threads_)
        thread.join();
    threads_.clear();
}

void EventChurn::live(std::uint32_t seed) {
    std::mt19937 random{seed};
    try {
        while (!stop_)
            live_once(random);
    } catch (std::exception const& fault) {
        std::scoped_lock const lock{mutex_};
        faults_.emplace_back(fault.what());
    }
}

/// One session and a few streams of it; the last stream ends with the session.
void EventChurn::live_once(std::mt19937& random) {
    auto const below = [&random](unsigned limit) {
        return std::uniform_int_distribution{0U, limit - 1}(random);
    };
    auto const expect = [](bool true_one, char const* what) {
        if (!true_one) throw std::runtime_error(what);
    };
    auto const session = new_session(server_, 1 + below(20));
    auto client = std::make_unique<EventClient>(server_);
    auto const streams = [&](EventClient& opened, std::string_view last_id) {
        auto const status = opened.open(session, last_id, below(4) == 0 ? 4096 : 0);
        if (status == 404) ++too_late_;
        expect(status == 200 || status == 404, "refused");
        return status == 200;
    };
    if (!streams(*client, {})) return;
    for (unsigned stream = 1; stream < kStreams && !stop_; ++stream) {
        expect(client->read_for(std::chrono::milliseconds{below(400)}), "ended by the server");
        auto const fate = static_cast<Fate>(below(count));
        ++fates_[fate];
        if (fate == removed) {
            auto const gone = HttpConnection{server_}.request("DELETE", "/v1/sessions/" + session);
            expect(gone.status == 204, "not deleted");
            expect(client->read_to_end(kEndLimit) == "deleted", "no goodbye at the delete");
            expect(client->open(session, client->id()) == 404, "deleted, and there still");
            break;
        }
        auto next = std::make_unique<EventClient>(server_);
        if (fate == reset || fate == left) client->close(fate == reset);
        if (!streams(*next, fate == taken_over ? "" : client->id())) break;
        ++came_;
        if (fate == taken_over || fate == own_ghost) {
            expect(client->read_to_end(kEndLimit) == "taken_over", "no goodbye at the take-over");
        }
        if (fate == taken_over) {
            expect(client->open(session, client->id()) == 204, "displaced, and let in again");
        }
        ticks_ += client->ticks();
        client = std::move(next);
    }
    client->close(below(3) == 0);
}

void EventChurn::report() const {
    std::cout << "of events: " << ticks_ << " ticks;";
    for (std::size_t i = 0; i < fates_.size(); ++i)
        std::cout << " " << kFateNames[i] << " " << fates_[i] << ",";
    std::cout << " came " << came_ << ", too late " << too_late_ << "\n";
    for (auto const& fault : faults_)
        ADD_FAILURE() << fault;
}

void EventChurn::expect_all_fates() const {
    for (std::size_t i = 0; i < fates_.size(); ++i)
        EXPECT_GT(fates_[i], 0U) << kFateNames[i];
    EXPECT_GT(ticks_, 0U);
    EXPECT_GT(came_, too_late_) << "a session waits for a second";
}

}  // namespace tickcast::test
