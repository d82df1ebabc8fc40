#include "tickcast/http/route_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickcast::test {
namespace {

using testing::ElementsAre;
using Row = RouteRow<char>;

constexpr RouteTable kTable{
    std::array{
        Row{Method::post, "/things", 'c', {.json_body = true, .new_work = true}},
        Row{Method::get, "/things/{id}", 'r'},
        Row{Method::delete_, "/things/{id}", 'd'},
        Row{Method::patch, "/things/{id}", 'u', {.json_body = true}},
        Row{Method::get, "/things/all", 'a'},
        Row{Method::get, "/health", 'h', {.answered_always = true}},
        Row{Method::get, "files", 'f'},
    },
    MethodSet{Method::options}};
constexpr RouteTable kPlain{std::array{Row{Method::get, "/a", 'a'}, Row{Method::post, "/b", 'b'}}};

char handler_of(std::string_view path, Method method = Method::get) {
    auto const routed = kTable.find(path, method);
    return routed.row == Routed::kNoRow ? '-' : kTable[routed.row].handler;
}

TEST(RouteTable, EachRow_IsFoundByItsPathAndMethod) {
    EXPECT_EQ(handler_of("/things", Method::post), 'c');
    EXPECT_EQ(handler_of("/things/x"), 'r');
    EXPECT_EQ(handler_of("/things/x", Method::delete_), 'd');
    EXPECT_EQ(handler_of("/things/x", Method::patch), 'u');
    EXPECT_EQ(handler_of("/things/all"), 'a') << "a literal wins over a parameter";
    EXPECT_EQ(handler_of("/health"), 'h');
}

TEST(RouteTable, Head_IsAnsweredByGet) {
    EXPECT_EQ(handler_of("/things/x", Method::head), 'r');
    EXPECT_EQ(handler_of("/things", Method::head), '-');
}

TEST(RouteTable, Parameter_IsTheLastSegmentAndNeverEmpty) {
    EXPECT_EQ(kTable.find("/things/x%2Fy", Method::get).parameter, "x%2Fy");
    EXPECT_EQ(kTable.find("/things/{id}", Method::get).parameter, "{id}");
    EXPECT_EQ(kTable.find("/things", Method::post).parameter, "");
    for (auto const* path : {"/things/", "/things/x/", "/things/x/y", "/thing/x", "/Things/x"}) {
        EXPECT_TRUE(kTable.find(path, Method::get).methods.empty()) << path;
    }
}

TEST(RouteTable, Methods_AreThoseOfAllRowsOfThePath) {
    for (auto const method : {Method::get, Method::other}) {
        EXPECT_EQ(kTable.find("/things", method).methods.list(), "POST, OPTIONS");
        EXPECT_EQ(kTable.find("/things/x", method).methods.list(),
                  "GET, HEAD, PATCH, DELETE, OPTIONS");
        EXPECT_EQ(kTable.find("/health", method).methods.list(), "GET, HEAD, OPTIONS");
        EXPECT_EQ(kPlain.find("/a", method).methods.list(), "GET, HEAD");
        EXPECT_EQ(kPlain.find("/b", method).methods.list(), "POST");
    }
}

TEST(RouteTable, AMethodThatThePathDoesNotTake_HasNoRowButTheFactsOfThePath) {
    auto const routed = kTable.find("/health", Method::post);
    EXPECT_EQ(routed.row, Routed::kNoRow);
    EXPECT_TRUE(routed.facts.answered_always);
    EXPECT_EQ(kTable.labels()[routed.label], "/health");
}

TEST(RouteTable, Facts_AreTheRowsOwn) {
    EXPECT_TRUE(kTable.find("/things", Method::post).facts.new_work);
    EXPECT_TRUE(kTable.find("/things/x", Method::patch).facts.json_body);
    EXPECT_FALSE(kTable.find("/things/x", Method::patch).facts.new_work);
    EXPECT_FALSE(kTable.find("/things/x", Method::get).facts.json_body);
}

TEST(RouteTable, APathThatIsNone_IsUnknown) {
    for (auto const* path : {"/", "", "/nope", "/health/", "//health", "files", "host:443"}) {
        auto const routed = kTable.find(path, Method::get);
        EXPECT_EQ(routed.row, Routed::kNoRow) << path;
        EXPECT_TRUE(routed.methods.empty()) << path;
        EXPECT_EQ(kTable.labels()[routed.label], "unknown") << path;
    }
}

TEST(RouteTable, TheServerAsAWhole_TakesWhatAnyPathDoesAndOptions) {
    EXPECT_EQ(kTable.find("*", Method::options).methods.list(),
              "GET, HEAD, POST, PATCH, DELETE, OPTIONS");
    EXPECT_EQ(kPlain.find("*", Method::options).methods.list(), "GET, HEAD, POST, OPTIONS");
    EXPECT_EQ(kPlain.find("*", Method::options).row, Routed::kNoRow);
    EXPECT_EQ(kTable.labels()[kTable.find("*", Method::options).label], "unknown");
}

TEST(RouteTable, APatternThatIsNoPath_IsFoundByItself) {
    auto const routed = kTable.find_pattern("files", Method::head);
    EXPECT_EQ(kTable[routed.row].handler, 'f');
    EXPECT_EQ(kTable.labels()[routed.label], "files");
    EXPECT_EQ(kTable.find_pattern("files", Method::post).methods.list(), "GET, HEAD, OPTIONS");
    EXPECT_TRUE(kTable.find_pattern("nope", Method::get).methods.empty());
}

TEST(RouteTable, Labels_AreThePatternsEachOnce) {
    EXPECT_THAT(kTable.labels(), ElementsAre("unknown", "/things", "/things/{id}", "/things/all",
                                             "/health", "files"));
}

TEST(RouteTable, PathOf_PutsTheParameterInItsPlace) {
    EXPECT_EQ(path_of("/things/{id}", "x"), "/things/x");
    EXPECT_EQ(path_of("/things", ""), "/things");
}

TEST(MethodSet, List_IsInTheOrderOfAllowWhateverWasAddedFirst) {
    EXPECT_EQ((MethodSet{Method::options, Method::patch, Method::get}.list()),
              "GET, PATCH, OPTIONS");
    EXPECT_EQ(MethodSet{}.list(), "");
}

}  // namespace
}  // namespace tickcast::test
