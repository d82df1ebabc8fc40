#include "send_backend.hpp"

#include "tickcast/app/application.hpp"
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

Senders make_senders(std::string const& wanted, std::size_t shards, SettingOrigins const& origins) {
    Senders senders;
    if (wanted != "send") senders.of_shards = make_rings(shards, senders.refused);
    if (senders.refused && wanted == "io_uring") {
        throw StartupError{
            setting_error("--send-backend",
                          R"("io_uring" is refused by this system: )" + senders.refused.message(),
                          origins.of("send-backend"))};
    }
    while (senders.of_shards.size() < shards)
        senders.of_shards.push_back(std::make_unique<LoopSender>());
    return senders;
}

}  // namespace tickcast
