#include "app/send_backend.hpp"

#include "tickcast/app/startup_error.hpp"
#include "tickcast/base/result.hpp"
#include "tickcast/config/setting_error.hpp"

namespace tickcast {
namespace {

using Rings = std::vector<std::unique_ptr<BatchSender>>;

Result<Rings, std::error_code> make_rings(std::size_t shards) {
    Rings rings;
    while (rings.size() < shards) {
        std::error_code error;
        auto ring = UringSender::make(error);
        if (!ring) return error;
        rings.push_back(std::move(ring));
    }
    return {std::move(rings)};
}

}  // namespace

Senders make_senders(std::string const& wanted, std::size_t shards, SettingSources const& sources) {
    Senders senders;
    if (wanted != "send") {
        auto rings = make_rings(shards);
        if (rings) {
            senders.of_shards = *std::move(rings);
        } else {
            senders.refused = rings.error();
        }
    }
    if (senders.refused && wanted == "io_uring") {
        throw StartupError{
            setting_error("--send-backend",
                          R"("io_uring" is refused by this system: )" + senders.refused.message(),
                          sources.of("send-backend"))};
    }
    while (senders.of_shards.size() < shards)
        senders.of_shards.push_back(std::make_unique<LoopSender>());
    return senders;
}

}  // namespace tickcast
