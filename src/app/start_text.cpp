#include "app/start_text.hpp"

#include "tickcast/base/logging.hpp"
#include "tickcast/base/standard_streams.hpp"
#include "tickcast/config/setting_error.hpp"
#include "tickcast/transport/listener.hpp"

#include <string>
#include <string_view>
#include <unistd.h>

namespace tickcast {

namespace {

/// How long the start waits for a reader of standard output.
constexpr Duration kPatience = std::chrono::milliseconds{200};

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
    std::string text;
    auto const line = [&text](std::string_view name, std::string const& value) {
        text.append(name).append(" ").append(value).append("\n");
    };
    line("public", listener_url(started.public_at, tls));
    line("admin", listener_url(started.admin_at, settings.admin_tls));
    line("page", page + "/");
    line("api", page + "/v1/sessions");
    line("metrics", admin + "/metrics");
    line("feed", feeds);
    line("shards", std::to_string(started.shards));
    line("limits", std::to_string(started.descriptors) + " descriptors, " +
                       std::to_string(settings.max_sessions) + " sessions, " +
                       std::to_string(settings.max_tickers_per_session) + " tickers per session");
    auto const delivery = write_patiently(STDOUT_FILENO, text, kPatience);
    if (delivery == Delivery::written) return;
    logger("app")->warn("event=start_text_not_written why=\"{}\"",
                        delivery == Delivery::waiting ? "nobody reads standard output"
                                                      : "standard output can't be written to");
}

}  // namespace tickcast
