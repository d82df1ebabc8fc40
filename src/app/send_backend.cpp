#include "send_backend.hpp"

#include "tickcast/app/application.hpp"
#include "tickcast/base/logging.hpp"
#include "tickcast/config/setting_error.hpp"

namespace tickcast {
namespace {

std::vector<std::unique_ptr<BatchSender>> make_rings(std::size_t shards, std::error_code& error) {
    std::vector<std::unique_ptr<BatchSender>> senders;
    while (senders.size() < shards) {
        auto sender = UringSender::make(error);
        if (!sender) return {};
        senders.push_back(std::move(sender));
    }
    return senders;
}

}  // namespace

std::vector<std::unique_ptr<BatchSender>> make_senders(std::string const& wanted,
                                                       std::size_t shards,
                                                       SettingOrigins const& origins) {
    std::error_code error;
    std::vector<std::unique_ptr<BatchSender>> senders;
    if (wanted != "send") senders = make_rings(shards, error);
    if (error && wanted == "io_uring") {
        throw StartupError{setting_error(
            "--send-backend", R"("io_uring" is refused by this system: )" + error.message(),
            origins.of("send-backend"))};
    }
    if (error) {
        logger("app")->info("event=io_uring_refused error=\"{}\" instead=send", error.message());
    }
    while (senders.size() < shards)
        senders.push_back(std::make_unique<LoopSender>());
    return senders;
}

}  // namespace tickcast
