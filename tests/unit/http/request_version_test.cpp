#include "http/request_version.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tickcast::test {
namespace {

using Kind = RequestVersion::Kind;

/// Gives the text in memory of exactly its size, so that AddressSanitizer finds a read past its
/// end.
RequestVersion version_of(std::string const& raw) {
    std::vector<char> const exact(raw.begin(), raw.end());
    return refused_version({exact.data(), exact.size()});
}

// contract: REQ-4
TEST(RequestVersion, OfALaterMinor_SaysWhereItIs) {
    for (char minor = '2'; minor <= '9'; ++minor) {
        auto const line = std::string{"GET / HTTP/1."} + minor;
        for (auto const& raw : {line, line + "\r", line + "\r\n", line + "\r\nHost: x"}) {
            auto const version = version_of(raw);
            EXPECT_EQ(version.kind, Kind::later_minor) << raw;
            EXPECT_EQ(raw[version.minor_at], minor);
        }
    }
}

// contract: REQ-5
TEST(RequestVersion, OfAnotherMajor_IsThat) {
    for (auto const* raw : {"GET / HTTP/0.9\r\n", "GET / HTTP/2.0", "X y HTTP/3.1\r\nA: b",
                            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}) {
        EXPECT_EQ(version_of(raw).kind, Kind::other_major) << raw;
    }
}

// contract: REQ-4
TEST(RequestVersion, WhenSomethingElse_IsMalformed) {
    for (auto const* raw : {"",
                            "GET",
                            "GET ",
                            "GET /",
                            "GET / ",
                            "GET / H",
                            "GET / HTTP/2.",
                            "GET / HTTP/2\r\n",
                            "GET / HTTP/2.0x",
                            "GET / HTTP/2.0\n",
                            "GET / HTTP/2.0\rx",
                            "GET / http/2.0\r\n",
                            "GET / HTTP/1.11\r\n",
                            "GET / HTTP/11.1\r\n",
                            "GET / HTTP/x.1\r\n",
                            "GET / HTTP/1.x\r\n",
                            "GET / HTTX/1.2\r\n",
                            "GET  / HTTP/2.0\r\n",
                            "GET / HTTP/1.1\r\n",
                            "GET / HTTP/1.0"}) {
        EXPECT_EQ(version_of(raw).kind, Kind::malformed) << raw;
    }
}

}  // namespace
}  // namespace tickcast::test
