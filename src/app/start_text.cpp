#include "start_text.hpp"

#include "tickcast/config/setting_error.hpp"
#include "tickcast/net/listener.hpp"

#include <cstdio>
#include <string>

namespace tickcast {

namespace {

/// An address that a browser on this machine can open.
boost::asio::ip::tcp::endpoint reachable(boost::asio::ip::tcp::endpoint endpoint) {
    if (endpoint.address().is_unspecified()) {
        endpoint.address(boost::asio::ip::make_address("127.0.0.1"));
    }
    return endpoint;
}

}  // namespace

void print_start_text(Started const& started, Settings const& settings) {
    auto const tls = !settings.tls_cert.empty();
    auto const page = listener_url(reachable(started.public_at), tls);
    auto const admin = listener_url(reachable(started.admin_at), settings.admin_tls);
    std::string feeds;
    for (auto const& feed : settings.feeds)
        feeds += (feeds.empty() ? "" : " ") + without_credentials(feed);
    std::printf("public %s\n", listener_url(started.public_at, tls).c_str());
    std::printf("admin %s\n", listener_url(started.admin_at, settings.admin_tls).c_str());
    std::printf("page %s/\n", page.c_str());
    std::printf("api %s/v1/sessions\n", page.c_str());
    std::printf("metrics %s/metrics\n", admin.c_str());
    std::printf("feed %s\n", feeds.c_str());
    std::printf("shards %zu\n", started.shards);
    std::printf("limits %zu descriptors, %zu sessions, %zu tickers a session\n",
                started.descriptors, settings.max_sessions, settings.max_tickers_per_session);
    std::fflush(stdout);
}

}  // namespace tickcast
