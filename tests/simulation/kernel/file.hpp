// What a simulated descriptor stands for: epoll, event and timer descriptors; sockets are in
// tcp.hpp. Semantics are those of Linux as epoll(7), eventfd(2) and timerfd_create(2) describe
// them. One thread at a time (Scheduler).
#pragma once

#include "simulation/kernel/scheduler.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <sys/epoll.h>
#include <vector>

namespace tickcast::simulation {

class EpollFile;
class File;

/// A descriptor in the interest list of an epoll.
struct Interest {
    EpollFile* epoll;
    std::weak_ptr<File> file;
    std::uint32_t events;
    epoll_data_t data;
    bool queued{false};
};

class File : public std::enable_shared_from_this<File> {
public:
    virtual ~File();
    File() = default;
    File(File const&) = delete;
    File& operator=(File const&) = delete;

    /// EPOLLIN and so on, as they hold now.
    virtual std::uint32_t readiness() const = 0;
    virtual std::ptrdiff_t read(void*, std::size_t);
    virtual std::ptrdiff_t write(void const*, std::size_t);
    /// The last descriptor was closed.
    virtual void closed() {}

    /// These events happened: notifies all epolls that watch.
    void happened(std::uint32_t events);

private:
    friend class EpollFile;
    std::vector<Interest*> watchers_;
};

class EpollFile final : public File {
public:
    explicit EpollFile(Scheduler& scheduler) : scheduler_(scheduler) {}
    ~EpollFile() override;

    int add(int descriptor, std::shared_ptr<File> const& file, epoll_event const& event);
    int change(int descriptor, epoll_event const& event);
    int remove(int descriptor);
    /// Fills in what is ready now; never waits.
    int collect(epoll_event* events, int most);
    std::uint32_t readiness() const override;

private:
    friend class File;
    void queue(Interest& interest);

    Scheduler& scheduler_;
    std::map<int, std::unique_ptr<Interest>> interests_;
    std::deque<Interest*> ready_;
};

class EventFile final : public File {
public:
    explicit EventFile(std::uint64_t value) : value_(value) {}
    std::uint32_t readiness() const override;
    std::ptrdiff_t read(void* into, std::size_t size) override;
    std::ptrdiff_t write(void const* from, std::size_t size) override;

private:
    std::uint64_t value_;
};

class TimerFile final : public File {
public:
    explicit TimerFile(Scheduler& scheduler) : scheduler_(scheduler) {}
    /// `when`: kNever for none.
    void set(Nanos when);
    Nanos when() const noexcept { return when_; }
    std::uint32_t readiness() const override;
    std::ptrdiff_t read(void* into, std::size_t size) override;

private:
    Scheduler& scheduler_;
    Nanos when_{kNever};
    std::uint64_t setting_{0};
};

}  // namespace tickcast::simulation
