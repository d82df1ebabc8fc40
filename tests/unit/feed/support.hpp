// Helpers of the feeds' tests: a sink that records, a clock that a test sets, temporary files.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/feed/registry/feed_registry.hpp"
#include "tickcast/feed/tick_sink.hpp"
#include "tickcast/runtime/executor.hpp"
#include "tickcast/runtime/peer_clock.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace tickcast::test {

inline FeedKind const kSim = feed_kind("sim");
inline FeedKind const kReplay = feed_kind("replay");
inline FeedKind const kPush = feed_kind("push");

struct RecorderSink : TickSink {
    struct Batch {
        FeedKind feed{};
        std::vector<TickUpdate> ticks{};
        SteadyTime at{};
    };

    void ingest(FeedKind feed, std::span<TickUpdate const> ticks) noexcept override {
        batches.push_back({feed, {ticks.begin(), ticks.end()}, std::chrono::steady_clock::now()});
        total += ticks.size();
        if (on_ingest) on_ingest();
    }
    void rejected(FeedKind feed, RejectReason reason) noexcept override {
        rejected_feed = feed;
        ++rejections[static_cast<std::size_t>(reason)];
    }
    std::uint64_t rejects(RejectReason reason) const {
        return rejections[static_cast<std::size_t>(reason)];
    }
    std::vector<TickUpdate> ticks() const {
        std::vector<TickUpdate> all;
        for (auto const& batch : batches) {
            all.insert(all.end(), batch.ticks.begin(), batch.ticks.end());
        }
        return all;
    }

    std::vector<Batch> batches;
    std::size_t total{0};
    std::function<void()> on_ingest;
    std::optional<FeedKind> rejected_feed;
    std::array<std::uint64_t, kRejectReasons> rejections{};
};

/// A clock far in the past, so that a real timer set by it fires at once; it moves on by one step
/// per look.
struct SteppingClock : Clock {
    SteadyTime now() const noexcept override { return time += step; }
    std::int64_t wall_us() const noexcept override { return 1'700'000'000'000'000; }

    mutable SteadyTime time{};
    Duration step{std::chrono::microseconds{10}};
};

class TemporaryFile {
public:
    explicit TemporaryFile(std::string_view bytes) {
        static int count = 0;
        path_ = std::filesystem::temp_directory_path() /
                ("tickcast-feed-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
        std::ofstream{path_, std::ios::binary} << bytes;
    }
    ~TemporaryFile() { std::filesystem::remove(path_); }
    TemporaryFile(TemporaryFile const&) = delete;
    TemporaryFile& operator=(TemporaryFile const&) = delete;

    std::string path() const { return path_.string(); }
    /// Writes in place: the same file with other bytes.
    void write(std::string_view bytes) const { std::ofstream{path_, std::ios::binary} << bytes; }
    /// Replaces it: another file gets its name.
    void replace(std::string_view bytes) const {
        auto const other = path_.string() + ".new";
        std::ofstream{other, std::ios::binary} << bytes;
        std::filesystem::rename(other, path_);
    }

private:
    std::filesystem::path path_;
};

/// The longest processor time of one handler of the loop until `done`; other work of the machine
/// does not count.
inline Duration longest_turn(asio::io_context& io, std::function<bool()> const& done) {
    auto const patience = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    Duration longest{0};
    while (!done()) {
        if (std::chrono::steady_clock::now() > patience) {
            ADD_FAILURE() << "it takes too long";
            break;
        }
        if (io.stopped()) io.restart();
        auto const before = ThreadTimes::system().cpu();
        bool const ran = io.poll_one() > 0;
        longest = std::max(longest, ThreadTimes::system().cpu() - before);
        if (!ran) io.run_one_for(std::chrono::milliseconds{1});
    }
    return longest;
}
/// CONTRACT PSH-16: nobody waits longer. Slices are of 1 ms; a sanitizer makes their steps longer.
inline constexpr Duration kLongestTurn = std::chrono::milliseconds{20};

inline std::string gzipped(std::string_view text) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string input{text};
    std::string out(deflateBound(&stream, input.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

/// A plausible time, of November 2023: rows of made recordings count from here.
inline constexpr std::int64_t kStartNs = 1'700'000'000'000'000'000;
inline std::string const kHeaderLine = "ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size\n";

inline Ticker ticker(std::string_view text) {
    return *Ticker::parse(text);
}
inline Decimal decimal(std::string_view text) {
    return *Decimal::parse(text);
}

}  // namespace tickcast::test
