#include "simulation/kernel/kernel.hpp"

#include "simulation/kernel/heap.hpp"
#include "simulation/kernel/real.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace tickcast::simulation {

namespace {

Kernel* the_kernel = nullptr;

pthread_key_t rounds_key();

/// How often a thread that locks or unlocks lets another one run: of a thousand.
constexpr unsigned kSwitchesAtLocks = 50;
/// And of these, how many let all others run for long: what a thread does next comes late.
constexpr unsigned kStallsAtLocks = 10;
constexpr Nanos kLongestStallAtLock = 5 * kMillisecond;

struct Start {
    Thread* thread;
    void* (*routine)(void*);
    void* argument;
};

/// In which round of destructors a thread's end is reached: libraries' own, which lock too, run in
/// the first. The C library makes four (PTHREAD_DESTRUCTOR_ITERATIONS).
constexpr std::uintptr_t kLastRound = 3;

pthread_key_t rounds_key() {
    static pthread_key_t const key = [] {
        pthread_key_t made{};
        ::pthread_key_create(&made, [](void* rounds) {
            auto const round = reinterpret_cast<std::uintptr_t>(rounds);
            if (round == kLastRound) return the_kernel->scheduler().end();
            ::pthread_setspecific(rounds_key(), reinterpret_cast<void*>(round + 1));
        });
        return made;
    }();
    return key;
}

void* run_thread(void* argument) {
    std::unique_ptr<Start> const start{static_cast<Start*>(argument)};
    Scheduler::begin(*start->thread);
    ::pthread_setspecific(rounds_key(), reinterpret_cast<void*>(std::uintptr_t{1}));
    return start->routine(start->argument);
}

}  // namespace

sockaddr_in address_of(std::string const& ip, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, ip.c_str(), &address.sin_addr);
    return address;
}

Kernel::Kernel(std::uint64_t seed) : scheduler_(seed, world_) {
    forget_heap();
    the_kernel = this;
}

Kernel::~Kernel() {
    forget_heap();
    the_kernel = nullptr;
}

Kernel* Kernel::running() noexcept {
    return the_kernel;
}

Kernel* Kernel::of_this_thread() noexcept {
    return Scheduler::current() == nullptr ? nullptr : the_kernel;
}

Process& Kernel::add_process(std::string name) {
    processes_.push_back(std::make_unique<Process>());
    processes_.back()->name = std::move(name);
    return *processes_.back();
}

std::thread Kernel::spawn(Process& process, std::function<void()> run) {
    spawns_in_ = &process;
    std::thread thread{std::move(run)};
    spawns_in_ = nullptr;
    return thread;
}

void Kernel::pause(Process& process, Nanos duration) {
    process.paused_until = std::max(process.paused_until, now() + duration);
}

void Kernel::stall_a_thread(Process& process, Nanos duration) {
    scheduler_.stall_one(process, now() + duration);
}

std::shared_ptr<TcpEnd> Kernel::connect(sockaddr_in from, sockaddr_in to, Path const& path,
                                        TcpEnd::Options const& options) {
    auto& all = listeners_[ntohs(to.sin_port)];
    std::erase_if(all, [](auto const& weak) {
        auto const listener = weak.lock();
        return !listener || !listener->listening;
    });
    if (all.empty()) return nullptr;
    auto const listener = all[below(random(), all.size())].lock();
    if (listener->queue.size() >= listener->backlog) return nullptr;
    auto whole = path;
    whole.partial_of_thousand = 0;  // clients send what they have to say at once
    auto const client = std::make_shared<TcpEnd>(scheduler_, from, to, whole);
    auto const server = std::make_shared<TcpEnd>(scheduler_, to, from, path);
    client->options = options;
    TcpEnd::join(client, server);
    ends_.insert(ends_.end(), {client, server});
    listener->queue.push_back(server);
    listener->happened(EPOLLIN);
    return client;
}

int Kernel::connect(std::shared_ptr<SocketFile> const& socket, sockaddr_in to) {
    socket->connecting = true;
    auto const from = address_of("127.0.0.1", next_port_++);
    Path const path{};
    scheduler_.at(now() + 2 * path.latency, [this, weak = std::weak_ptr{socket}, from, to, path] {
        auto const waiting = weak.lock();
        if (!waiting || !waiting->connecting) return;
        if (auto end = connect(from, to, path, waiting->options)) {
            waiting->connected(std::move(end));
            return waiting->happened(EPOLLOUT);
        }
        waiting->connecting = false;
        waiting->connect_error = ECONNREFUSED;
        waiting->happened(EPOLLOUT | EPOLLERR | EPOLLHUP);
    });
    return -EINPROGRESS;
}

int Kernel::open(std::shared_ptr<File> file) {
    auto& process = Scheduler::current()->process;
    if (process.descriptors >= process.most_descriptors) return -EMFILE;
    ++process.descriptors;
    auto const descriptor = next_descriptor_++;
    files_.emplace(descriptor, std::move(file));
    owners_.emplace(descriptor, &process);
    return descriptor;
}

std::shared_ptr<File> Kernel::file(int descriptor) const {
    auto const found = files_.find(descriptor);
    return found == files_.end() ? nullptr : found->second;
}

int Kernel::close(int descriptor) {
    auto const found = files_.find(descriptor);
    if (found == files_.end()) return -EBADF;
    auto const file = std::move(found->second);
    files_.erase(found);
    --owners_.at(descriptor)->descriptors;
    owners_.erase(descriptor);
    file->closed();
    return 0;
}

int Kernel::bind(SocketFile& socket, sockaddr_in address) {
    auto port = ntohs(address.sin_port);
    if (port == 0) port = next_port_++;
    for (auto const& weak : listeners_[port]) {
        auto const other = weak.lock();
        if (other && !(other->reuse_port && socket.reuse_port)) return -EADDRINUSE;
    }
    address.sin_port = htons(port);
    socket.address = address;
    return 0;
}

int Kernel::listen(int descriptor, std::size_t backlog) {
    auto const socket = file_as<SocketFile>(descriptor);
    if (!socket) return -EOPNOTSUPP;
    socket->listening = true;
    socket->backlog = backlog;
    listeners_[ntohs(socket->address.sin_port)].push_back(socket);
    return 0;
}

int Kernel::accept(int descriptor, sockaddr_in* peer) {
    auto const socket = file_as<SocketFile>(descriptor);
    if (!socket || !socket->listening) return -EINVAL;
    if (socket->queue.empty()) return -EAGAIN;
    auto const file = std::make_shared<SocketFile>();
    auto const accepted = open(file);
    if (accepted < 0) return accepted;  // the client stays in the queue, as in Linux
    auto const end = socket->queue.front();
    socket->queue.pop_front();
    file->connected(end);
    if (peer != nullptr) *peer = end->remote;
    return accepted;
}

int Kernel::epoll_wait(int descriptor, epoll_event* events, int most, int timeout_ms) {
    auto const epoll = file_as<EpollFile>(descriptor);
    if (!epoll) return -EBADF;
    auto const until = timeout_ms < 0 ? kNever : now() + timeout_ms * kMillisecond;
    scheduler_.yield();
    for (;;) {
        if (auto const count = epoll->collect(events, most); count > 0) return count;
        if (now() >= until) return 0;
        scheduler_.block(epoll.get(), until);
    }
}

int Kernel::lock(pthread_mutex_t* mutex) {
    if (by_chance(random(), kSwitchesAtLocks)) scheduler_.yield();
    for (;;) {
        auto const result = real().mutex_trylock(mutex);
        if (result != EBUSY) return result;
        scheduler_.block(mutex);
    }
}

int Kernel::unlock(pthread_mutex_t* mutex) {
    auto const result = real().mutex_unlock(mutex);
    scheduler_.wake(mutex);
    if (by_chance(random(), kSwitchesAtLocks)) {
        if (by_chance(random(), kStallsAtLocks)) scheduler_.stall_me(kLongestStallAtLock);
        scheduler_.yield();
    }
    return result;
}

int Kernel::wait(pthread_cond_t* condition, pthread_mutex_t* mutex, Nanos until) {
    real().mutex_unlock(mutex);
    scheduler_.wake(mutex);
    auto const woken = scheduler_.block(condition, until);
    lock(mutex);
    return woken ? 0 : ETIMEDOUT;
}

int Kernel::create_thread(pthread_t* id, pthread_attr_t const* attributes, void* (*routine)(void*),
                          void* argument) {
    auto& thread =
        scheduler_.add_thread(spawns_in_ != nullptr ? *spawns_in_ : Scheduler::current()->process);
    auto start = std::make_unique<Start>(Start{&thread, routine, argument});
    auto const result = real().create(&thread.id, attributes, run_thread, start.get());
    if (result != 0) {
        thread.ended = true;
        return result;
    }
    static_cast<void>(start.release());
    *id = thread.id;
    return 0;
}

int Kernel::join_thread(pthread_t id, void** result) {
    if (auto* const thread = scheduler_.find(id)) {
        while (!thread->ended)
            scheduler_.block(thread);
    }
    return real().join(id, result);
}

}  // namespace tickcast::simulation
