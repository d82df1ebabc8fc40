#include "net/accept.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace tickcast {
namespace {

bool accepts(std::initializer_list<char const*> fields) {
    HttpHeader header;
    for (auto const* field : fields)
        header.insert(http::field::accept, field);
    return accepts_event_stream(header);
}

TEST(AcceptsEventStream, WhenItIsNamed_IsTrue) {
    for (auto const* field :
         {"text/event-stream", "Text/Event-Stream", " text/event-stream ", "text/event-stream;q=1",
          "text/event-stream; q=0.001", "text/event-stream;charset=utf-8",
          "text/event-stream ; Q=1.000", "text/html, text/event-stream",
          "*/*;q=0,text/event-stream;q=0.1", ",,text/event-stream",
          R"(text/html;x="a,\",b", text/event-stream)", R"(text/event-stream;x="a;q=0")",
          "text/event-stream;q=0, text/event-stream"}) {
        EXPECT_TRUE(accepts({field})) << field;
    }
}

TEST(AcceptsEventStream, WhenItIsNotNamed_IsFalse) {
    for (auto const* field :
         {"", "*/*", "text/*", "text/html", "text/event-streams", "text/event",
          "text / event-stream", "application/json, text/plain",
          R"(text/html;x="text/event-stream")", R"(text/html;x="a, text/event-stream)"}) {
        EXPECT_FALSE(accepts({field})) << field;
    }
    EXPECT_FALSE(accepts({}));
}

TEST(AcceptsEventStream, WhenItsWeightIsZeroOrNone_IsFalse) {
    for (auto const* weight : {"0", "0.", "0.0", "0.000", "", "x", "1.001", "2", "0.0001", "-1",
                               "0,5", "0.5x", "1.1", "01"}) {
        EXPECT_FALSE(accepts({("text/event-stream;q=" + std::string{weight}).c_str()})) << weight;
    }
    for (auto const* weight : {"1", "1.", "1.0", "1.000", "0.1", "0.999", "0.001"}) {
        EXPECT_TRUE(accepts({("text/event-stream;q=" + std::string{weight}).c_str()})) << weight;
    }
}

TEST(AcceptsEventStream, WhenTheFieldIsThereTwice_EitherMayNameIt) {
    EXPECT_TRUE(accepts({"text/html", "text/event-stream"}));
    EXPECT_TRUE(accepts({"text/event-stream", "text/html"}));
    EXPECT_FALSE(accepts({"text/html", "*/*"}));
}

}  // namespace
}  // namespace tickcast
