#include "app/effective_settings.hpp"

#include "tickcast/base/logging.hpp"
#include "tickcast/config/load.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <sys/resource.h>

namespace tickcast {

namespace {

constexpr std::size_t kOtherDescriptors = 64;
constexpr std::size_t kDescriptorsOfAShard = 8;

/// Descriptors that are not for public connections: listeners, admin connections, files, logs, and
/// each shard's event loop and acceptor.
std::size_t reserved_descriptors(std::size_t threads) noexcept {
    return kOtherDescriptors + threads * kDescriptorsOfAShard;
}

/// How many sockets past --max-connections may wait for their refusal: a sixteenth of the
/// descriptors, AddressQuotas::kMaxRefusing at most.
std::size_t refusing_within(std::size_t descriptors) noexcept {
    return std::min(AddressQuotas::kMaxRefusing, descriptors / 16);
}

}  // namespace

std::size_t raise_descriptor_limit() noexcept {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

std::size_t connections_within(std::size_t wanted, std::size_t descriptors,
                               std::size_t threads) noexcept {
    auto const reserved = reserved_descriptors(threads) + refusing_within(descriptors);
    return std::min(wanted, descriptors > reserved ? descriptors - reserved : 1);
}

std::size_t descriptors_for(std::size_t wanted, std::size_t threads) noexcept {
    auto const served = wanted + reserved_descriptors(threads);
    auto descriptors = served;
    while (descriptors - refusing_within(descriptors) < served)
        descriptors = served + refusing_within(descriptors);
    return descriptors;
}

bool is_open_without_address_limits(Settings const& settings) {
    if (settings.max_sessions_per_address != 0 || settings.max_connections_per_address != 0 ||
        settings.max_requests_per_second_per_address != 0) {
        return false;
    }
    auto const at = parse_listen("--listen", settings.listen);
    return at && !boost::asio::ip::make_address(at->host).is_loopback();
}

Settings effective_settings(Settings settings, std::size_t descriptors) {
    if (settings.threads == 0) settings.threads = usable_processors();
    settings.max_connections =
        connections_within(settings.max_connections, descriptors, settings.threads);
    return settings;
}

AddressQuotas::Limits quota_limits(Settings const& settings, std::size_t descriptors) {
    auto limits = AddressQuotas::Limits::from(settings);
    limits.max_refusing = refusing_within(descriptors);
    return limits;
}

void log_settings(Settings const& wanted, Settings const& effective, std::size_t descriptors) {
    auto const log = logger("app");
    log->info("event=configuration {}", configuration_text(effective));
    if (effective.max_connections < wanted.max_connections) {
        log->warn("event=max_connections_capped wanted={} effective={} descriptors={} needed={}",
                  wanted.max_connections, effective.max_connections, descriptors,
                  descriptors_for(wanted.max_connections, effective.threads));
    }
    if (is_open_without_address_limits(effective)) {
        log->warn(
            "event=no_limit_per_address listen={} why=\"one address may take all: see "
            "--max-connections-per-address, --max-sessions-per-address, "
            "--max-requests-per-second-per-address\"",
            effective.listen);
    }
}

}  // namespace tickcast
