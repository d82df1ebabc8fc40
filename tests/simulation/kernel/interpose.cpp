// The C library's functions that the code under test calls, in front of the library's own: a
// program's symbols come first in the dynamic linker's search. On a simulated thread they go to the
// Kernel, on any other one, and for descriptors that are not the Kernel's, to the library.
#include "simulation/kernel/heap.hpp"
#include "simulation/kernel/kernel.hpp"
#include "simulation/kernel/real.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <random>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <utility>

namespace tickcast::simulation {

namespace {

/// What CLOCK_REALTIME says at the run's begin: 2030-01-01.
constexpr Nanos kWallBegin = 1'893'456'000 * kSecond;
/// CLOCK_MONOTONIC does not begin at zero either.
constexpr Nanos kSteadyBegin = 100'000 * kSecond;

template <class F>
void look_up(F& function, char const* name) {
    // Of the condition variables' functions the library keeps two versions.
    auto* found = ::dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
    if (found == nullptr) found = ::dlsym(RTLD_NEXT, name);
    function = reinterpret_cast<F>(found);
}

Real look_up_all() noexcept {
    Real all{};
    look_up(all.clock_gettime, "clock_gettime");
    look_up(all.create, "pthread_create");
    look_up(all.join, "pthread_join");
    look_up(all.mutex_lock, "pthread_mutex_lock");
    look_up(all.mutex_trylock, "pthread_mutex_trylock");
    look_up(all.mutex_unlock, "pthread_mutex_unlock");
    look_up(all.cond_wait, "pthread_cond_wait");
    look_up(all.cond_timedwait, "pthread_cond_timedwait");
    look_up(all.cond_clockwait, "pthread_cond_clockwait");
    look_up(all.cond_signal, "pthread_cond_signal");
    look_up(all.cond_broadcast, "pthread_cond_broadcast");
    look_up(all.rwlock_rdlock, "pthread_rwlock_rdlock");
    look_up(all.rwlock_wrlock, "pthread_rwlock_wrlock");
    look_up(all.rwlock_tryrdlock, "pthread_rwlock_tryrdlock");
    look_up(all.rwlock_trywrlock, "pthread_rwlock_trywrlock");
    look_up(all.rwlock_unlock, "pthread_rwlock_unlock");
    look_up(all.nanosleep, "nanosleep");
    look_up(all.clock_nanosleep, "clock_nanosleep");
    look_up(all.socket, "socket");
    look_up(all.bind, "bind");
    look_up(all.listen, "listen");
    look_up(all.accept, "accept");
    look_up(all.accept4, "accept4");
    look_up(all.connect, "connect");
    look_up(all.getsockname, "getsockname");
    look_up(all.getpeername, "getpeername");
    look_up(all.getsockopt, "getsockopt");
    look_up(all.setsockopt, "setsockopt");
    look_up(all.shutdown, "shutdown");
    look_up(all.send, "send");
    look_up(all.sendto, "sendto");
    look_up(all.sendmsg, "sendmsg");
    look_up(all.recv, "recv");
    look_up(all.recvmsg, "recvmsg");
    look_up(all.read, "read");
    look_up(all.write, "write");
    look_up(all.readv, "readv");
    look_up(all.writev, "writev");
    look_up(all.close, "close");
    look_up(all.ioctl, "ioctl");
    look_up(all.fcntl, "fcntl");
    look_up(all.poll, "poll");
    look_up(all.epoll_create1, "epoll_create1");
    look_up(all.epoll_ctl, "epoll_ctl");
    look_up(all.epoll_wait, "epoll_wait");
    look_up(all.eventfd, "eventfd");
    look_up(all.timerfd_create, "timerfd_create");
    look_up(all.timerfd_settime, "timerfd_settime");
    look_up(all.getrandom, "getrandom");
    return all;
}

/// -errno becomes -1 and errno.
template <class T>
T answer(T result) noexcept {
    if (result >= 0) return result;
    errno = static_cast<int>(-result);
    return -1;
}

Nanos nanos_of(timespec const& time) noexcept {
    return time.tv_sec * kSecond + time.tv_nsec;
}
timespec timespec_of(Nanos time) noexcept {
    return {.tv_sec = time / kSecond, .tv_nsec = time % kSecond};
}

Nanos clock_begin(clockid_t clock) noexcept {
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE ? kWallBegin : kSteadyBegin;
}

/// A call of the kernel, for as long as it takes; null on a real thread. What is allocated
/// meanwhile is the kernel's.
class Call {
public:
    Call() noexcept : kernel_(Kernel::of_this_thread()) {}
    /// Null too where the descriptor is none of the kernel's.
    explicit Call(int descriptor) noexcept : Call() {
        if (kernel_ != nullptr && !kernel_->owns(descriptor)) kernel_ = nullptr;
    }
    bool operator==(std::nullptr_t) const noexcept { return kernel_ == nullptr; }
    Kernel& operator*() const noexcept { return *kernel_; }
    Kernel* operator->() const noexcept { return kernel_; }

private:
    InKernel in_kernel_;
    Kernel* kernel_;
};

int put_address(sockaddr_in const& from, sockaddr* into, socklen_t* size) noexcept {
    std::memcpy(into, &from, std::min<std::size_t>(*size, sizeof from));
    *size = sizeof from;
    return 0;
}

ssize_t send_all_of(Kernel& kernel, int descriptor, iovec const* parts, std::size_t count) {
    auto const file = kernel.file(descriptor);
    if (!file) return -EBADF;
    kernel.scheduler().yield();
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i)
        bytes.append(static_cast<char const*>(parts[i].iov_base), parts[i].iov_len);
    return file->write(bytes.data(), bytes.size());
}

ssize_t read_into(Kernel& kernel, int descriptor, iovec const* parts, std::size_t count) {
    auto const file = kernel.file(descriptor);
    if (!file) return -EBADF;
    kernel.scheduler().yield();
    ssize_t all = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (parts[i].iov_len == 0) continue;
        auto const got = file->read(parts[i].iov_base, parts[i].iov_len);
        if (got < 0) return all > 0 ? all : got;
        all += got;
        if (static_cast<std::size_t>(got) < parts[i].iov_len) break;
    }
    return all;
}

ssize_t receive(Kernel& kernel, int descriptor, void* into, std::size_t size, int flags) {
    auto const socket = kernel.file_as<SocketFile>(descriptor);
    if (!socket || socket->end() == nullptr) return -ENOTCONN;
    if ((flags & MSG_PEEK) != 0)
        return socket->end()->receive(static_cast<char*>(into), size, true);
    iovec const part{.iov_base = into, .iov_len = size};
    return read_into(kernel, descriptor, &part, 1);
}

int set_option(SocketFile& socket, int level, int name, int value, void const* raw) {
    auto& options = socket.end() != nullptr ? socket.end()->options : socket.options;
    auto const seconds = value * kSecond;
    if (level == SOL_SOCKET) {
        if (name == SO_REUSEPORT) socket.reuse_port = value != 0;
        if (name == SO_SNDBUF) options.send_room = static_cast<std::size_t>(value) * 2;
        if (name == SO_RCVBUF) options.receive_room = static_cast<std::size_t>(value) * 2;
        if (name == SO_KEEPALIVE) options.keep_alive = value != 0;
        if (name == SO_LINGER) {
            linger how{};
            std::memcpy(&how, raw, sizeof how);
            socket.linger_at_once = how.l_onoff != 0 && how.l_linger == 0;
        }
    } else if (level == IPPROTO_TCP) {
        if (name == TCP_USER_TIMEOUT) options.user_timeout = value * kMillisecond;
        if (name == TCP_NOTSENT_LOWAT) options.unsent_low_water = static_cast<std::size_t>(value);
        if (name == TCP_KEEPIDLE) options.keep_idle = seconds;
        if (name == TCP_KEEPINTVL) options.keep_interval = seconds;
        if (name == TCP_KEEPCNT) options.keep_probes = value;
    }
    return 0;
}

int get_option(SocketFile& socket, int level, int name) {
    if (level != SOL_SOCKET) return 0;
    if (name == SO_ERROR) {
        return socket.end() != nullptr ? socket.end()->take_error()
                                       : std::exchange(socket.connect_error, 0);
    }
    if (name == SO_TYPE) return SOCK_STREAM;
    if (name == SO_SNDBUF) {
        auto const& options = socket.end() != nullptr ? socket.end()->options : socket.options;
        return static_cast<int>(options.send_room);
    }
    return 0;
}

int poll_descriptors(Kernel& kernel, pollfd* polled, nfds_t count, int timeout_ms) {
    auto const until =
        timeout_ms < 0 ? kNever : kernel.now() + static_cast<Nanos>(timeout_ms) * kMillisecond;
    for (;;) {
        int ready = 0;
        for (nfds_t i = 0; i < count; ++i) {
            auto const file = kernel.file(polled[i].fd);
            auto const holds = file ? file->readiness() : static_cast<std::uint32_t>(POLLNVAL);
            auto const wanted = static_cast<std::uint32_t>(polled[i].events);
            polled[i].revents = static_cast<short>(holds & (wanted | POLLERR | POLLHUP | POLLNVAL));
            if (polled[i].revents != 0) ++ready;
        }
        if (ready > 0 || kernel.now() >= until) return ready;
        kernel.scheduler().block(nullptr, std::min(until, kernel.now() + kMillisecond));
    }
}

template <class Try, class Real>
int lock_rwlock(pthread_rwlock_t* lock, Try try_lock, Real real_lock) {
    Call const kernel;
    if (kernel == nullptr) return real_lock(lock);
    for (;;) {
        auto const result = try_lock(lock);
        if (result != EBUSY) return result;
        kernel->scheduler().block(lock);
    }
}

}  // namespace

Real const& real() noexcept {
    static Real const all = look_up_all();
    return all;
}

}  // namespace tickcast::simulation

namespace sim = tickcast::simulation;
using sim::Kernel;
using sim::real;

extern "C" {

// Time.

int clock_gettime(clockid_t clock, timespec* time) noexcept {
    sim::Call const kernel;
    if (kernel == nullptr) return real().clock_gettime(clock, time);
    *time = sim::timespec_of(clock == CLOCK_THREAD_CPUTIME_ID
                                 ? sim::Scheduler::current()->cpu
                                 : kernel->now() + sim::clock_begin(clock));
    return 0;
}

int nanosleep(timespec const* time, timespec* left) {
    sim::Call const kernel;
    if (kernel == nullptr) return real().nanosleep(time, left);
    kernel->scheduler().block(nullptr, kernel->now() + sim::nanos_of(*time));
    return 0;
}

int clock_nanosleep(clockid_t clock, int flags, timespec const* time, timespec* left) {
    sim::Call const kernel;
    if (kernel == nullptr) return real().clock_nanosleep(clock, flags, time, left);
    auto const until = (flags & TIMER_ABSTIME) != 0 ? sim::nanos_of(*time) - sim::clock_begin(clock)
                                                    : kernel->now() + sim::nanos_of(*time);
    kernel->scheduler().block(nullptr, until);
    return 0;
}

time_t time(time_t* into) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (into != nullptr) *into = now.tv_sec;
    return now.tv_sec;
}

// Threads and locks.

int pthread_create(pthread_t* id, pthread_attr_t const* attributes, void* (*routine)(void*),
                   void* argument) noexcept {
    sim::Call const kernel;
    if (kernel == nullptr) return real().create(id, attributes, routine, argument);
    return kernel->create_thread(id, attributes, routine, argument);
}

int pthread_join(pthread_t id, void** result) {
    sim::Call const kernel;
    return kernel == nullptr ? real().join(id, result) : kernel->join_thread(id, result);
}

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
    sim::Call const kernel;
    return kernel == nullptr ? real().mutex_lock(mutex) : kernel->lock(mutex);
}

int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
    sim::Call const kernel;
    return kernel == nullptr ? real().mutex_unlock(mutex) : kernel->unlock(mutex);
}

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
    sim::Call const kernel;
    if (kernel == nullptr) return real().cond_wait(condition, mutex);
    return kernel->wait(condition, mutex, sim::kNever);
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           timespec const* until) {
    sim::Call const kernel;
    if (kernel == nullptr) return real().cond_timedwait(condition, mutex, until);
    return kernel->wait(condition, mutex, sim::nanos_of(*until) - sim::kWallBegin);
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           timespec const* until) {
    sim::Call const kernel;
    if (kernel == nullptr) return real().cond_clockwait(condition, mutex, clock, until);
    return kernel->wait(condition, mutex, sim::nanos_of(*until) - sim::clock_begin(clock));
}

int pthread_cond_signal(pthread_cond_t* condition) noexcept {
    sim::Call const kernel;
    if (kernel == nullptr) return real().cond_signal(condition);
    kernel->scheduler().wake(condition, false);
    return 0;
}

int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
    sim::Call const kernel;
    if (kernel == nullptr) return real().cond_broadcast(condition);
    kernel->scheduler().wake(condition);
    return 0;
}

int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
    return sim::lock_rwlock(lock, real().rwlock_tryrdlock, real().rwlock_rdlock);
}

int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
    return sim::lock_rwlock(lock, real().rwlock_trywrlock, real().rwlock_wrlock);
}

int pthread_rwlock_unlock(pthread_rwlock_t* lock) noexcept {
    auto const result = real().rwlock_unlock(lock);
    if (auto* const kernel = Kernel::of_this_thread()) kernel->scheduler().wake(lock);
    return result;
}

// Descriptors.

int socket(int domain, int type, int protocol) noexcept {
    sim::Call const kernel;
    if (kernel == nullptr || domain != AF_INET || (type & 0xF) != SOCK_STREAM) {
        return real().socket(domain, type, protocol);
    }
    return sim::answer(kernel->open(std::make_shared<sim::SocketFile>()));
}

int bind(int descriptor, sockaddr const* address, socklen_t size) noexcept {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().bind(descriptor, address, size);
    auto const socket = kernel->file_as<sim::SocketFile>(descriptor);
    sockaddr_in wanted{};
    std::memcpy(&wanted, address, std::min<std::size_t>(size, sizeof wanted));
    return sim::answer(kernel->bind(*socket, wanted));
}

int listen(int descriptor, int backlog) noexcept {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().listen(descriptor, backlog);
    return sim::answer(kernel->listen(descriptor, static_cast<std::size_t>(backlog)));
}

int accept4(int descriptor, sockaddr* address, socklen_t* size, int flags) {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().accept4(descriptor, address, size, flags);
    kernel->scheduler().yield();
    sockaddr_in peer{};
    auto const accepted = kernel->accept(descriptor, &peer);
    if (accepted >= 0 && address != nullptr) sim::put_address(peer, address, size);
    return sim::answer(accepted);
}

int accept(int descriptor, sockaddr* address, socklen_t* size) {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().accept(descriptor, address, size);
    return accept4(descriptor, address, size, 0);
}

int connect(int descriptor, sockaddr const* address, socklen_t size) {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().connect(descriptor, address, size);
    sockaddr_in to{};
    std::memcpy(&to, address, std::min<std::size_t>(size, sizeof to));
    return sim::answer(kernel->connect(kernel->file_as<sim::SocketFile>(descriptor), to));
}

int getsockname(int descriptor, sockaddr* address, socklen_t* size) noexcept {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().getsockname(descriptor, address, size);
    auto const socket = kernel->file_as<sim::SocketFile>(descriptor);
    auto const* const end = socket->end();
    return sim::put_address(end != nullptr ? end->local : socket->address, address, size);
}

int getpeername(int descriptor, sockaddr* address, socklen_t* size) noexcept {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().getpeername(descriptor, address, size);
    auto const* const end = kernel->file_as<sim::SocketFile>(descriptor)->end();
    if (end == nullptr || end->was_reset()) return sim::answer(-ENOTCONN);
    return sim::put_address(end->remote, address, size);
}

int getsockopt(int descriptor, int level, int name, void* value, socklen_t* size) noexcept {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().getsockopt(descriptor, level, name, value, size);
    auto const result = sim::get_option(*kernel->file_as<sim::SocketFile>(descriptor), level, name);
    std::memcpy(value, &result, std::min<std::size_t>(*size, sizeof result));
    return 0;
}

int setsockopt(int descriptor, int level, int name, void const* value, socklen_t size) noexcept {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().setsockopt(descriptor, level, name, value, size);
    int whole = 0;
    std::memcpy(&whole, value, std::min<std::size_t>(size, sizeof whole));
    auto const socket = kernel->file_as<sim::SocketFile>(descriptor);
    return sim::set_option(*socket, level, name, whole, value);
}

int shutdown(int descriptor, int how) noexcept {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().shutdown(descriptor, how);
    auto* const end = kernel->file_as<sim::SocketFile>(descriptor)->end();
    if (end == nullptr || end->was_reset()) return sim::answer(-ENOTCONN);
    if (how != SHUT_RD) end->shutdown_send();
    return 0;
}

ssize_t send(int descriptor, void const* from, size_t size, int flags) {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().send(descriptor, from, size, flags);
    iovec const part{.iov_base = const_cast<void*>(from), .iov_len = size};
    return sim::answer(sim::send_all_of(*kernel, descriptor, &part, 1));
}

ssize_t sendmsg(int descriptor, msghdr const* message, int flags) {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().sendmsg(descriptor, message, flags);
    return sim::answer(
        sim::send_all_of(*kernel, descriptor, message->msg_iov, message->msg_iovlen));
}

ssize_t recv(int descriptor, void* into, size_t size, int flags) {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().recv(descriptor, into, size, flags);
    return sim::answer(sim::receive(*kernel, descriptor, into, size, flags));
}

ssize_t recvmsg(int descriptor, msghdr* message, int flags) {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().recvmsg(descriptor, message, flags);
    return sim::answer(sim::read_into(*kernel, descriptor, message->msg_iov, message->msg_iovlen));
}

ssize_t read(int descriptor, void* into, size_t size) {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().read(descriptor, into, size);
    auto const file = kernel->file(descriptor);
    return sim::answer(file ? file->read(into, size) : -EBADF);
}

ssize_t write(int descriptor, void const* from, size_t size) {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().write(descriptor, from, size);
    auto const file = kernel->file(descriptor);
    return sim::answer(file ? file->write(from, size) : -EBADF);
}

ssize_t readv(int descriptor, iovec const* parts, int count) {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().readv(descriptor, parts, count);
    return sim::answer(sim::read_into(*kernel, descriptor, parts, static_cast<std::size_t>(count)));
}

ssize_t writev(int descriptor, iovec const* parts, int count) {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().writev(descriptor, parts, count);
    return sim::answer(
        sim::send_all_of(*kernel, descriptor, parts, static_cast<std::size_t>(count)));
}

int close(int descriptor) {
    sim::Call const kernel{descriptor};
    return kernel == nullptr ? real().close(descriptor) : sim::answer(kernel->close(descriptor));
}

int ioctl(int descriptor, unsigned long request, ...) noexcept {
    va_list arguments;
    va_start(arguments, request);
    auto* const argument = va_arg(arguments, void*);
    va_end(arguments);
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().ioctl(descriptor, request, argument);
    if (request == FIONREAD) {
        auto* const end = kernel->file_as<sim::SocketFile>(descriptor)->end();
        *static_cast<int*>(argument) = end == nullptr ? 0 : static_cast<int>(end->readable());
    }
    return 0;
}

int fcntl(int descriptor, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    auto* const argument = va_arg(arguments, void*);
    va_end(arguments);
    if (sim::Call{descriptor} == nullptr) return real().fcntl(descriptor, command, argument);
    return command == F_GETFL ? O_RDWR | O_NONBLOCK : 0;
}

int poll(pollfd* polled, nfds_t count, int timeout_ms) {
    sim::Call const kernel{count > 0 ? polled[0].fd : -1};
    if (kernel == nullptr) return real().poll(polled, count, timeout_ms);
    return sim::answer(sim::poll_descriptors(*kernel, polled, count, timeout_ms));
}

int epoll_create1(int flags) noexcept {
    sim::Call const kernel;
    if (kernel == nullptr) return real().epoll_create1(flags);
    return sim::answer(kernel->open(std::make_shared<sim::EpollFile>(kernel->scheduler())));
}

int epoll_ctl(int descriptor, int operation, int of, epoll_event* event) noexcept {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().epoll_ctl(descriptor, operation, of, event);
    auto const epoll = kernel->file_as<sim::EpollFile>(descriptor);
    auto const file = kernel->file(of);
    if (!epoll || !file) return sim::answer(-EBADF);
    if (operation == EPOLL_CTL_ADD) return sim::answer(epoll->add(of, file, *event));
    if (operation == EPOLL_CTL_MOD) return sim::answer(epoll->change(of, *event));
    return sim::answer(epoll->remove(of));
}

int epoll_wait(int descriptor, epoll_event* events, int most, int timeout_ms) {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().epoll_wait(descriptor, events, most, timeout_ms);
    return sim::answer(kernel->epoll_wait(descriptor, events, most, timeout_ms));
}

int eventfd(unsigned value, int flags) noexcept {
    sim::Call const kernel;
    if (kernel == nullptr) return real().eventfd(value, flags);
    return sim::answer(kernel->open(std::make_shared<sim::EventFile>(value)));
}

int timerfd_create(int clock, int flags) noexcept {
    sim::Call const kernel;
    if (kernel == nullptr) return real().timerfd_create(clock, flags);
    return sim::answer(kernel->open(std::make_shared<sim::TimerFile>(kernel->scheduler())));
}

int timerfd_settime(int descriptor, int flags, itimerspec const* setting,
                    itimerspec* before) noexcept {
    sim::Call const kernel{descriptor};
    if (kernel == nullptr) return real().timerfd_settime(descriptor, flags, setting, before);
    auto const value = sim::nanos_of(setting->it_value);
    auto const timer = kernel->file_as<sim::TimerFile>(descriptor);
    if (value == 0) {
        timer->set(sim::kNever);
    } else {
        bool const absolute = (flags & TFD_TIMER_ABSTIME) != 0;
        timer->set(absolute ? value - sim::kSteadyBegin : kernel->now() + value);
    }
    if (before != nullptr) *before = {};
    return 0;
}

ssize_t getrandom(void* into, size_t size, unsigned flags) {
    sim::Call const kernel;
    if (kernel == nullptr) return real().getrandom(into, size, flags);
    auto* const bytes = static_cast<unsigned char*>(into);
    std::generate(bytes, bytes + size,
                  [&] { return static_cast<unsigned char>(kernel->random()()); });
    return static_cast<ssize_t>(size);
}

}  // extern "C"

/// libstdc++'s source of std::random_device, which may ask the processor.
std::random_device::result_type std::random_device::_M_getval() {
    if (auto* const kernel = Kernel::of_this_thread()) {
        return static_cast<result_type>(kernel->random()());
    }
    result_type value = 0;
    real().getrandom(&value, sizeof value, 0);
    return value;
}
