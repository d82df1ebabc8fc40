#include "support/server_process.hpp"

#include "support/process_info.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sched.h>
#include <signal.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace tickcast::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kStartLimit = 30s;

/// A file without a name: a pipe would stall a server whose output nobody reads.
int nameless_file() {
    auto const folder = std::filesystem::temp_directory_path().string();
    int const fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) throw std::runtime_error("no temporary file in " + folder);
    return fd;
}

std::string content(int fd) {
    std::string text;
    std::array<char, 65536> chunk;
    for (;;) {
        auto const got = ::pread(fd, chunk.data(), chunk.size(), static_cast<off_t>(text.size()));
        if (got <= 0) return text;
        text.append(chunk.data(), static_cast<std::size_t>(got));
    }
}

std::string binary() {
    char const* const path = std::getenv("TICKCAST_BIN");
    if (path == nullptr) throw std::runtime_error("TICKCAST_BIN names no server");
    return path;
}

/// `NAME http://ADDR:PORT` at the start of a line.
std::optional<Endpoint> endpoint_in(std::string const& output, std::string const& name) {
    std::string const prefix = name + " http://";
    std::size_t line = 0;
    while (line < output.size()) {
        auto const end = output.find('\n', line);
        if (end == std::string::npos) return std::nullopt;
        if (output.compare(line, prefix.size(), prefix) == 0) {
            auto const url = output.substr(line + prefix.size(), end - line - prefix.size());
            auto const colon = url.rfind(':');
            if (colon == std::string::npos) return std::nullopt;
            return Endpoint{url.substr(0, colon),
                            static_cast<std::uint16_t>(std::stoul(url.substr(colon + 1)))};
        }
        line = end + 1;
    }
    return std::nullopt;
}

cpu_set_t only(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(core), &set);
    return set;
}

}  // namespace

void pin_to_core(int core) {
    auto const set = only(core);
    ::sched_setaffinity(0, sizeof set, &set);
}

ServerProcess::ServerProcess(std::vector<std::string> const& flags, std::optional<int> core) {
    output_ = nameless_file();
    error_ = nameless_file();
    start(flags, core);
    auto const deadline = std::chrono::steady_clock::now() + kStartLimit;
    while (!read_endpoints()) {
        if (wait(0ms) || std::chrono::steady_clock::now() > deadline) {
            if (!status_) ::kill(pid_, SIGKILL);
            throw std::runtime_error("the server did not start: " + standard_error());
        }
        std::this_thread::sleep_for(5ms);
    }
}

ServerProcess::~ServerProcess() {
    if (!status_) {
        ::kill(pid_, SIGKILL);
        wait(10s);
    }
    ::close(output_);
    ::close(error_);
}

void ServerProcess::start(std::vector<std::string> const& flags, std::optional<int> core) {
    std::vector<std::string> arguments{
        binary(),      "--listen",        "127.0.0.1:0", "--admin-listen",
        "127.0.0.1:0", "--drain-seconds", "0.2"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    std::vector<char*> raw;
    raw.reserve(arguments.size() + 1);
    for (auto& argument : arguments)
        raw.push_back(argument.data());
    raw.push_back(nullptr);
    pid_t const parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ > 0) return;
    // The child, until exec: no call here may allocate or lock.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    if (core) {
        auto const set = only(*core);
        ::sched_setaffinity(0, sizeof set, &set);
    }
    ::dup2(output_, STDOUT_FILENO);
    ::dup2(error_, STDERR_FILENO);
    ::execv(raw[0], raw.data());
    ::_exit(127);
}

bool ServerProcess::read_endpoints() {
    auto const output = standard_output();
    auto const public_found = endpoint_in(output, "public");
    auto const admin_found = endpoint_in(output, "admin");
    if (!public_found || !admin_found) return false;
    public_ = *public_found;
    admin_ = *admin_found;
    return true;
}

HttpReply ServerProcess::get(std::string_view target) const {
    return HttpConnection(public_).request("GET", target);
}

HttpReply ServerProcess::admin_get(std::string_view target) const {
    return HttpConnection(admin_).request("GET", target);
}

Metrics ServerProcess::metrics() const {
    auto const reply = admin_get("/metrics");
    if (reply.status != 200) {
        throw std::runtime_error("/metrics answered " + std::to_string(reply.status));
    }
    return Metrics(reply.body);
}

std::size_t ServerProcess::resident_bytes() const {
    return test::resident_bytes(pid_);
}

std::size_t ServerProcess::open_descriptors() const {
    return test::open_descriptors(pid_);
}

std::size_t ServerProcess::established_sockets() const {
    return test::established_sockets(public_.port);
}

void ServerProcess::signal(int number) const {
    ::kill(pid_, number);
}

std::optional<int> ServerProcess::wait(std::chrono::milliseconds limit) {
    auto const deadline = std::chrono::steady_clock::now() + limit;
    while (!status_) {
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) == pid_) {
            status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        } else if (std::chrono::steady_clock::now() >= deadline) {
            return std::nullopt;
        } else {
            std::this_thread::sleep_for(2ms);
        }
    }
    return status_;
}

std::string ServerProcess::standard_output() const {
    return content(output_);
}

std::string ServerProcess::standard_error() const {
    return content(error_);
}

}  // namespace tickcast::test
