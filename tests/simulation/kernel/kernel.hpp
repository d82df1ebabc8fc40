// The simulated kernel: descriptors, loopback network, clock. While one exists, the C library's
// calls for sockets, epoll, time, threads and locks come here from every simulated thread
// (interpose.cpp); the code under test is not changed for it. One at a time; see Scheduler.
#pragma once

#include "simulation/kernel/file.hpp"
#include "simulation/kernel/scheduler.hpp"
#include "simulation/kernel/tcp.hpp"

#include <deque>
#include <map>
#include <memory>
#include <pthread.h>
#include <string>
#include <thread>
#include <vector>

namespace tickcast::simulation {

class Kernel {
public:
    explicit Kernel(std::uint64_t seed);
    ~Kernel();
    Kernel(Kernel const&) = delete;
    Kernel& operator=(Kernel const&) = delete;

    /// The one that exists, within events too; null while none does.
    static Kernel* running() noexcept;
    /// Null on a real thread, within events, and while none exists.
    static Kernel* of_this_thread() noexcept;

    Scheduler& scheduler() noexcept { return scheduler_; }
    Nanos now() const noexcept { return scheduler_.now(); }
    Random& random() noexcept { return scheduler_.random(); }
    Process& world() noexcept { return world_; }
    Process& add_process(std::string name);
    /// Begins a thread of that process, which runs this.
    std::thread spawn(Process& process, std::function<void()> run);
    /// Runs all that happens for this long; on the world's thread.
    void run_for(Nanos duration) { scheduler_.block(nullptr, now() + duration); }
    /// The whole process stands still, as after SIGSTOP; the network and the clients do not.
    void pause(Process& process, Nanos duration);
    /// One drawn thread of the process does not run.
    void stall_a_thread(Process& process, Nanos duration);

    /// A client's connection to a listening socket; null where nobody listens. The server's kernel
    /// accepts it at once, the server's process later.
    std::shared_ptr<TcpEnd> connect(sockaddr_in from, sockaddr_in to, Path const& path,
                                    TcpEnd::Options const& options = {});
    /// Descriptors of all processes, but for the world's.
    std::size_t open_descriptors() const noexcept { return files_.size(); }

    // What interpose.cpp calls: results as those of the system calls, errors as -errno.

    bool owns(int descriptor) const noexcept { return descriptor >= kFirstDescriptor; }
    int open(std::shared_ptr<File> file);
    std::shared_ptr<File> file(int descriptor) const;
    template <class T>
    std::shared_ptr<T> file_as(int descriptor) const {
        return std::dynamic_pointer_cast<T>(file(descriptor));
    }
    int close(int descriptor);
    /// Begins to connect: -EINPROGRESS.
    int connect(std::shared_ptr<SocketFile> const& socket, sockaddr_in to);
    int bind(SocketFile& socket, sockaddr_in address);
    int listen(int descriptor, std::size_t backlog);
    int accept(int descriptor, sockaddr_in* peer);
    int epoll_wait(int descriptor, epoll_event* events, int most, int timeout_ms);

    int lock(pthread_mutex_t* mutex);
    int unlock(pthread_mutex_t* mutex);
    /// 0, or ETIMEDOUT.
    int wait(pthread_cond_t* condition, pthread_mutex_t* mutex, Nanos until);
    int create_thread(pthread_t* id, pthread_attr_t const* attributes, void* (*routine)(void*),
                      void* argument);
    int join_thread(pthread_t id, void** result);

private:
    static constexpr int kFirstDescriptor = 1 << 20;

    Process world_{"world"};
    Scheduler scheduler_;
    std::vector<std::unique_ptr<Process>> processes_;
    Process* spawns_in_{nullptr};
    std::map<int, std::shared_ptr<File>> files_;
    std::map<int, Process*> owners_;
    std::map<std::uint32_t, std::vector<std::weak_ptr<SocketFile>>> listeners_;  ///< by port
    std::vector<std::shared_ptr<TcpEnd>> ends_;
    int next_descriptor_{kFirstDescriptor};
    std::uint16_t next_port_{20'000};
};

sockaddr_in address_of(std::string const& ip, std::uint16_t port);

}  // namespace tickcast::simulation
