#include "generator/target.hpp"

#include "generator/settings.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>

namespace tickcast::load {
namespace {

constexpr std::string_view kPlain = "http://";
constexpr std::string_view kSecure = "https://";
constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;
constexpr char const* kNoUrl = "is no URL of the form http://HOST:PORT or https://HOST:PORT";

struct Failure {
    std::string setting;
    std::string url;

    [[noreturn]] void operator()(std::string const& why) const {
        throw SettingError("--" + setting + ": \"" + url + "\" " + why);
    }
};

std::string ipv4_of(std::string const& host, Failure const& fail) {
    addrinfo hints{};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    int const error = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (error != 0) fail(std::string("is not found over IPv4: ") + ::gai_strerror(error));
    std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> const keep(found, &::freeaddrinfo);
    sockaddr_in address{};
    std::copy_n(reinterpret_cast<char const*>(found->ai_addr), sizeof address,
                reinterpret_cast<char*>(&address));
    std::array<char, INET_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
    return text.data();
}

}  // namespace

bool is_loopback(std::string const& ipv4) noexcept {
    in_addr address{};
    if (::inet_pton(AF_INET, ipv4.c_str(), &address) != 1) return false;
    return (ntohl(address.s_addr) >> 24U) == 127;
}

bool is_secure(std::string const& url) noexcept {
    return url.starts_with(kSecure);
}

client::Endpoint resolve(std::string const& url, std::string const& setting, bool allow_remote) {
    Failure const fail{setting, url};
    bool const secure = is_secure(url);
    if (!secure && !url.starts_with(kPlain)) fail(kNoUrl);
    auto authority = url.substr(secure ? kSecure.size() : kPlain.size());
    if (authority.ends_with('/')) authority.pop_back();
    if (authority.find_first_of("/?#@[]") != std::string::npos) {
        fail(std::string(kNoUrl) + " (IPv4)");
    }
    auto const colon = authority.rfind(':');
    auto const host = authority.substr(0, colon);
    std::uint16_t port = secure ? kHttpsPort : kHttpPort;
    if (colon != std::string::npos) {
        auto const* const begin = authority.data() + colon + 1;
        auto const* const end = authority.data() + authority.size();
        auto const [read, error] = std::from_chars(begin, end, port);
        if (error != std::errc{} || read != end || port == 0) fail("has no port of 1 to 65535");
    }
    if (host.empty()) fail("names no host");
    client::Endpoint endpoint{ipv4_of(host, fail), port, authority, host};
    if (!allow_remote && !is_loopback(endpoint.address)) {
        fail("is " + endpoint.address +
             ", which is not this machine: a load test of someone else's server is an attack; "
             "--allow-remote says that it is yours");
    }
    return endpoint;
}

}  // namespace tickcast::load
