// The C library's own functions, behind those that interpose.cpp puts in front of them.
#pragma once

#include <ctime>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/uio.h>

namespace tickcast::simulation {

struct Real {
    int (*clock_gettime)(clockid_t, timespec*);
    int (*create)(pthread_t*, pthread_attr_t const*, void* (*)(void*), void*);
    int (*join)(pthread_t, void**);
    int (*mutex_lock)(pthread_mutex_t*);
    int (*mutex_trylock)(pthread_mutex_t*);
    int (*mutex_unlock)(pthread_mutex_t*);
    int (*cond_wait)(pthread_cond_t*, pthread_mutex_t*);
    int (*cond_timedwait)(pthread_cond_t*, pthread_mutex_t*, timespec const*);
    int (*cond_clockwait)(pthread_cond_t*, pthread_mutex_t*, clockid_t, timespec const*);
    int (*cond_signal)(pthread_cond_t*);
    int (*cond_broadcast)(pthread_cond_t*);
    int (*rwlock_rdlock)(pthread_rwlock_t*);
    int (*rwlock_wrlock)(pthread_rwlock_t*);
    int (*rwlock_tryrdlock)(pthread_rwlock_t*);
    int (*rwlock_trywrlock)(pthread_rwlock_t*);
    int (*rwlock_unlock)(pthread_rwlock_t*);
    int (*nanosleep)(timespec const*, timespec*);
    int (*clock_nanosleep)(clockid_t, int, timespec const*, timespec*);
    int (*socket)(int, int, int);
    int (*bind)(int, sockaddr const*, socklen_t);
    int (*listen)(int, int);
    int (*accept)(int, sockaddr*, socklen_t*);
    int (*accept4)(int, sockaddr*, socklen_t*, int);
    int (*connect)(int, sockaddr const*, socklen_t);
    int (*getsockname)(int, sockaddr*, socklen_t*);
    int (*getpeername)(int, sockaddr*, socklen_t*);
    int (*getsockopt)(int, int, int, void*, socklen_t*);
    int (*setsockopt)(int, int, int, void const*, socklen_t);
    int (*shutdown)(int, int);
    ssize_t (*send)(int, void const*, size_t, int);
    ssize_t (*sendto)(int, void const*, size_t, int, sockaddr const*, socklen_t);
    ssize_t (*sendmsg)(int, msghdr const*, int);
    ssize_t (*recv)(int, void*, size_t, int);
    ssize_t (*recvmsg)(int, msghdr*, int);
    ssize_t (*read)(int, void*, size_t);
    ssize_t (*write)(int, void const*, size_t);
    ssize_t (*readv)(int, iovec const*, int);
    ssize_t (*writev)(int, iovec const*, int);
    int (*close)(int);
    int (*ioctl)(int, unsigned long, ...);
    int (*fcntl)(int, int, ...);
    int (*poll)(pollfd*, nfds_t, int);
    int (*epoll_create1)(int);
    int (*epoll_ctl)(int, int, int, epoll_event*);
    int (*epoll_wait)(int, epoll_event*, int, int);
    int (*eventfd)(unsigned, int);
    int (*timerfd_create)(int, int);
    int (*timerfd_settime)(int, int, itimerspec const*, itimerspec*);
    ssize_t (*getrandom)(void*, size_t, unsigned);
};

/// Any thread; looked up at the first call.
Real const& real() noexcept;

}  // namespace tickcast::simulation
