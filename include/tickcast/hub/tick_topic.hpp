// A ticker in one encoding: what a shard is interested in, and what a record of the mailbox is of.
// A value: one number, which indexes arrays. With one encoding it is the ticker's.
#pragma once

#include "tickcast/model/ticker.hpp"
#include "tickcast/protocol/tick_encoding.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace tickcast {

class TickTopic {
public:
    constexpr TickTopic() noexcept = default;
    constexpr TickTopic(TickerId ticker, TickEncoding encoding) noexcept
        : index_(ticker.value * kEncodings + static_cast<std::uint32_t>(index_of(encoding))) {}

    constexpr TickerId ticker() const noexcept { return {index_ / kEncodings}; }
    constexpr TickEncoding encoding() const noexcept {
        return kTickEncodingTable[index_ % kEncodings].value;
    }
    /// Dense from 0, as the tickers' ids are.
    constexpr std::uint32_t index() const noexcept { return index_; }

    friend constexpr bool operator==(TickTopic, TickTopic) noexcept = default;

private:
    static constexpr std::uint32_t kEncodings{kTickEncodings};

    std::uint32_t index_{0};
};

}  // namespace tickcast

template <>
struct std::hash<tickcast::TickTopic> {
    std::size_t operator()(tickcast::TickTopic topic) const noexcept {
        return std::hash<std::uint32_t>{}(topic.index());
    }
};
