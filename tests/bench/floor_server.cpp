// Measures what the kernel alone costs: it sends the same frames as tickcast to the same clients
// (the newest tick of each changed ticker, one send per connection's turn), and does nothing else:
// no limits, no deadlines, no answers to wrong requests. For scripts/bench.sh; expects the clients
// of loadtest/ and no others.
//     floor_server epoll|io_uring PORT RATE BURST TICKER...
#include "floor_clients.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <liburing.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <random>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace std::chrono;

struct Frame {
    Client* client;
    std::size_t begin;
    std::size_t size;
    int taken;
};

static io_uring* ring = nullptr;  // null: a loop of send()

// `late`: for how long the tick was due while the loop was busy. Another thread would have taken
// the tick in when it was due (as in tickcast), so its latency counts from then.
static void tick(std::mt19937_64& random, nanoseconds late) {
    auto& ticker = tickers[random() % tickers.size()];
    ticker.cents = std::max<long>(5'000, ticker.cents + static_cast<long>(random() % 11) - 5);
    auto const since_epoch = system_clock::now().time_since_epoch() - late;
    auto const now = duration_cast<microseconds>(since_epoch).count();
    std::array<char, 256> text;
    auto const size = std::snprintf(
        text.data(), text.size(),
        R"({"s":"%s","p":%ld.%02ld,"b":%ld.%02ld,"a":%ld.99,"z":100,"bz":300,"az":500,"x":%ld,"t":%ld,"n":%lu})",
        ticker.name.c_str(), ticker.cents / 100, ticker.cents % 100, ticker.cents / 100 - 1,
        ticker.cents % 100, ticker.cents / 100, now, now, ++ticker.n);
    ticker.json.assign(text.data(), static_cast<std::size_t>(size));
    for (auto const& [client, bit] : ticker.watchers) {
        if (client->marks == 0 && client->rest.empty()) marked.push_back(client);
        client->marks |= std::uint64_t{1} << bit;
    }
}

static void send_all(std::vector<Frame>& frames, string const& arena) {
    for (auto& frame : frames) {
        auto const* const data = arena.data() + frame.begin;
        int const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
        if (ring == nullptr) {
            frame.taken = static_cast<int>(::send(frame.client->fd, data, frame.size, flags));
            continue;
        }
        auto* const entry = ::io_uring_get_sqe(ring);
        ::io_uring_prep_send(entry, frame.client->fd, data, frame.size, flags);
        ::io_uring_sqe_set_data(entry, &frame);
    }
    if (ring != nullptr) {
        auto const count = static_cast<unsigned>(frames.size());
        ::io_uring_submit_and_wait(ring, count);
        std::array<io_uring_cqe*, 64> done;
        auto const reaped = ::io_uring_peek_batch_cqe(ring, done.data(), count);
        for (unsigned i = 0; i < reaped; ++i)
            static_cast<Frame*>(::io_uring_cqe_get_data(done[i]))->taken = done[i]->res;
        ::io_uring_cq_advance(ring, reaped);
    }
    for (auto& frame : frames) {
        auto const taken = static_cast<std::size_t>(std::max(frame.taken, 0));
        auto& rest = frame.client->rest;
        if (taken < frame.size)
            rest.assign(arena, frame.begin + taken, frame.size - taken);
        else
            rest.clear();
        // Frames that wait are tried again with the next tick.
        if (!rest.empty() || frame.client->marks != 0) refused.push_back(frame.client);
    }
    frames.clear();
}

// One slice, so that a loop that never finishes still accepts and reads.
static void send_slice() {
    static string arena;
    static std::vector<Frame> frames;
    while (!marked.empty() && frames.size() < 64) {
        auto* const client = marked.front();
        marked.pop_front();
        auto const begin = arena.size();
        if (!client->rest.empty()) {
            arena += client->rest;
        } else {
            arena.append(4, '\0').append(R"({"type":"ticks","ticks":[)");
            for (auto bits = std::exchange(client->marks, 0); bits != 0; bits &= bits - 1) {
                auto const bit = static_cast<unsigned>(__builtin_ctzll(bits));
                arena.append(tickers[client->tickers[bit]].json).push_back(',');
            }
            arena.back() = ']';
            arena.push_back('}');
            put_header(arena, begin);
        }
        frames.push_back({client, begin, arena.size() - begin, 0});
    }
    send_all(frames, arena);
    arena.clear();
}

int main(int argc, char** argv) {
    if (argc < 6)
        return std::fputs("floor_server epoll|io_uring PORT RATE BURST TICKER...\n", stderr), 2;
    io_uring uring;
    if (argv[1][0] == 'i') ring = &uring;
    if (ring != nullptr && ::io_uring_queue_init(64, ring, 0) != 0) {
        return std::fputs("no io_uring here\n", stderr), 1;
    }
    for (auto name = argv + 5; name != argv + argc; ++name) {
        numbers.emplace(*name, tickers.size());
        tickers.push_back({.name = *name, .json = {}, .watchers = {}});
    }
    auto const burst = std::stoul(argv[4]);
    auto const rate = std::stod(argv[3]);
    auto const period = nanoseconds(static_cast<long>(1e9 * static_cast<double>(burst) / rate));

    int const on = 1;
    int const listener = ::socket(AF_INET, SOCK_STREAM, 0);
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoul(argv[2])));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto const* const at = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener, at, sizeof address) != 0 || ::listen(listener, 4'096) != 0) {
        return std::perror("listen"), 1;
    }
    int const epoll = ::epoll_create1(0);
    epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);

    std::mt19937_64 random{1};
    std::array<epoll_event, 256> events;
    auto busy_until = steady_clock::now();
    for (auto next = busy_until;;) {
        auto const now = steady_clock::now();
        for (next = std::max(next, now - seconds{1}); next <= now; next += period) {
            marked.insert(marked.end(), refused.begin(), refused.end());
            refused.clear();
            auto const late = next < busy_until ? nanoseconds{now - next} : nanoseconds{0};
            for (std::size_t i = 0; i < burst; ++i)
                tick(random, late);
        }
        send_slice();
        busy_until = steady_clock::now();
        auto const idle = std::max(nanoseconds{0}, nanoseconds{next - busy_until});
        auto const wait = marked.empty() ? idle : nanoseconds{0};
        timespec const timeout{wait.count() / 1'000'000'000, wait.count() % 1'000'000'000};
        auto const count = ::epoll_pwait2(epoll, events.data(), events.size(), &timeout, nullptr);
        for (int i = 0; i < count; ++i) {
            auto* const client = static_cast<Client*>(events[static_cast<unsigned>(i)].data.ptr);
            if (client != nullptr) {
                on_readable(client);
                continue;
            }
            int const fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) continue;
            ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            event.data.ptr = new Client{.fd = fd, .in = {}, .rest = {}, .tickers = {}};
            ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
        }
        if (count > 0) busy_until = steady_clock::now();
    }
}
