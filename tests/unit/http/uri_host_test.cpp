#include "http/uri_host.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tickcast::test {
namespace {

/// Gives the text in memory of exactly its size, so that AddressSanitizer finds a read past its
/// end.
bool is_host(std::string const& text) {
    std::vector<char> const exact(text.begin(), text.end());
    return is_host_and_port({exact.data(), exact.size()});
}

// contract: REQ-9
TEST(UriHost, WhenAHostWithOrWithoutAPort_IsOne) {
    for (auto const* text : {"",
                             ":",
                             ":80",
                             "a",
                             "a:",
                             "a:80",
                             "LOCALHOST",
                             "a.b-c_d~e",
                             "a%20b:1",
                             "%C3%A4.example",
                             "!$&'()*+,;=",
                             "127.0.0.1",
                             "127.0.0.1:8080",
                             "999.1.1.1",
                             "[::]",
                             "[::1]:8080",
                             "[2001:db8::7]",
                             "[::ffff:192.0.2.1]:1",
                             "[v1.a:b]",
                             "[V1F.!x]:80",
                             "a:99999999999999999999"}) {
        EXPECT_TRUE(is_host(text)) << text;
    }
}

// contract: REQ-9
TEST(UriHost, WhenSomethingElse_IsNone) {
    for (auto const* text :
         {"a b",       "a b/c@d", "a/b",    "a?b",   "a#b",      "user@a",   "a:b",
          "a:80:80",   "a:-1",    "a: 80",  "a%",    "a%2",      "a%2g",     "a\\b",
          "\"a\"",     "<a>",     "a^b",    "{a}",   "a|b",      "\xc3\xa4", "[",
          "]",         "[]",      "[::1",   "::1",   "[::1]80",  "[::1]:x",  "[::1]a",
          "[1.2.3.4]", "[a]",     "[v.a]",  "[v1.]", "[v1]",     "[vg.a]",   "[fe80::1%25lo]",
          "[::1%lo]",  "a[::1]",  "[::1]]", "[v]",   "[v1.a/b]", "a\tb"}) {
        EXPECT_FALSE(is_host(text)) << text;
    }
    EXPECT_FALSE(is_host("[" + std::string(100, ':') + "]"));
    EXPECT_FALSE(is_host(std::string{"a\0b", 3}));
    EXPECT_FALSE(is_host(std::string{"[::1\0]", 6}));
}

}  // namespace
}  // namespace tickcast::test
