#include "simulation/kernel/file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tickcast::simulation {

namespace {

constexpr std::uint32_t kAlways = EPOLLERR | EPOLLHUP;

}  // namespace

File::~File() {
    // As the kernel does: a file that is gone leaves every interest list.
    while (!watchers_.empty()) {
        auto* const interest = watchers_.back();
        watchers_.pop_back();
        auto& epoll = *interest->epoll;
        std::erase(epoll.ready_, interest);
        std::erase_if(epoll.interests_,
                      [&](auto const& each) { return each.second.get() == interest; });
    }
}

std::ptrdiff_t File::read(void*, std::size_t) {
    return -EINVAL;
}
std::ptrdiff_t File::write(void const*, std::size_t) {
    return -EINVAL;
}

void File::happened(std::uint32_t events) {
    for (auto* const interest : watchers_) {
        if ((events & (interest->events | kAlways)) != 0) interest->epoll->queue(*interest);
    }
}

EpollFile::~EpollFile() {
    for (auto const& [descriptor, interest] : interests_) {
        if (auto const file = interest->file.lock()) std::erase(file->watchers_, interest.get());
    }
}

void EpollFile::queue(Interest& interest) {
    if (!std::exchange(interest.queued, true)) ready_.push_back(&interest);
    scheduler_.wake(this);
    happened(EPOLLIN);
}

int EpollFile::add(int descriptor, std::shared_ptr<File> const& file, epoll_event const& event) {
    auto& interest = interests_[descriptor];
    if (interest) return -EEXIST;
    interest = std::make_unique<Interest>(Interest{this, file, event.events, event.data});
    file->watchers_.push_back(interest.get());
    if ((file->readiness() & (event.events | kAlways)) != 0) queue(*interest);
    return 0;
}

int EpollFile::change(int descriptor, epoll_event const& event) {
    auto const found = interests_.find(descriptor);
    if (found == interests_.end()) return -ENOENT;
    auto& interest = *found->second;
    interest.events = event.events;
    interest.data = event.data;
    auto const file = interest.file.lock();
    if (file && (file->readiness() & (event.events | kAlways)) != 0) queue(interest);
    return 0;
}

int EpollFile::remove(int descriptor) {
    auto const found = interests_.find(descriptor);
    if (found == interests_.end()) return -ENOENT;
    auto* const interest = found->second.get();
    if (auto const file = interest->file.lock()) std::erase(file->watchers_, interest);
    std::erase(ready_, interest);
    interests_.erase(found);
    return 0;
}

int EpollFile::collect(epoll_event* events, int most) {
    int count = 0;
    for (auto left = ready_.size(); left > 0 && count < most; --left) {
        auto* const interest = ready_.front();
        ready_.pop_front();
        interest->queued = false;
        auto const file = interest->file.lock();
        if (!file) continue;
        auto const holds = file->readiness() & (interest->events | kAlways);
        if (holds == 0) continue;
        events[count].events = holds;
        events[count].data = interest->data;
        ++count;
        if ((interest->events & EPOLLET) == 0) {
            interest->queued = true;
            ready_.push_back(interest);
        }
    }
    return count;
}

std::uint32_t EpollFile::readiness() const {
    bool const any = std::any_of(ready_.begin(), ready_.end(), [](Interest const* interest) {
        auto const file = interest->file.lock();
        return file && (file->readiness() & (interest->events | kAlways)) != 0;
    });
    return any ? std::uint32_t{EPOLLIN} : 0U;
}

std::uint32_t EventFile::readiness() const {
    return value_ > 0 ? EPOLLOUT | EPOLLIN : std::uint32_t{EPOLLOUT};
}

std::ptrdiff_t EventFile::read(void* into, std::size_t size) {
    if (size < sizeof value_) return -EINVAL;
    if (value_ == 0) return -EAGAIN;
    std::memcpy(into, &value_, sizeof value_);
    value_ = 0;
    happened(EPOLLOUT);
    return sizeof value_;
}

std::ptrdiff_t EventFile::write(void const* from, std::size_t size) {
    if (size < sizeof value_) return -EINVAL;
    std::uint64_t more = 0;
    std::memcpy(&more, from, sizeof more);
    value_ += more;
    happened(EPOLLIN);
    return sizeof more;
}

void TimerFile::set(Nanos when) {
    when_ = when;
    auto const setting = ++setting_;
    if (when == kNever) return;
    scheduler_.at(when, [weak = weak_from_this(), setting] {
        auto const self = std::static_pointer_cast<TimerFile>(weak.lock());
        if (self && self->setting_ == setting) self->happened(EPOLLIN);
    });
}

std::uint32_t TimerFile::readiness() const {
    return when_ <= scheduler_.now() ? std::uint32_t{EPOLLIN} : 0U;
}

std::ptrdiff_t TimerFile::read(void* into, std::size_t size) {
    std::uint64_t const expirations = 1;
    if (size < sizeof expirations) return -EINVAL;
    if (when_ > scheduler_.now()) return -EAGAIN;
    std::memcpy(into, &expirations, sizeof expirations);
    set(kNever);
    return sizeof expirations;
}

}  // namespace tickcast::simulation
