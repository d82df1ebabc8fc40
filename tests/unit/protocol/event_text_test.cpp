#include "tickcast/protocol/event_text.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace tickcast {
namespace {

constexpr auto kMost = std::uint64_t{18'446'744'073'709'551'615U};

constexpr std::string_view kSession = "Zm9vYmFyYmF6cXV4MTIzNA";
constexpr std::string_view kOther = "Zm9vYmFyYmF6cXV4MTIzNQ";

// contract: SSE-4
TEST(EventId, OfAnyGeneration_IsReadBack) {
    for (auto const generation : {std::uint64_t{1}, std::uint64_t{10}, kMost}) {
        auto const id = event_id(kSession, generation);
        EXPECT_EQ(id, std::string{kSession} + '.' + std::to_string(generation));
        EXPECT_EQ(continued_generation(id, kSession), generation) << id;
    }
}

TEST(ContinuedGeneration, WhenItIsNoIdOfThisSession_IsNothing) {
    std::string const own{kSession};
    for (auto const& text :
         {std::string{}, own, own + '.', own + ".0", own + ".01", own + ".-1", own + ".+1",
          own + ".1x", own + ". 1", own + ".1.1", own + "1", own + ":1", own.substr(1) + ".1",
          own + ".18446744073709551616", own + ".99999999999999999999999999", std::string{"1"},
          std::string{"x.1"}, std::string(23, '.'), event_id(kOther, 1)}) {
        EXPECT_FALSE(continued_generation(text, kSession)) << text;
    }
}

}  // namespace
}  // namespace tickcast
