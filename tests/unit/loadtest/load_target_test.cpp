#include "generator/settings.hpp"
#include "generator/target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickcast::load {
namespace {

using ::testing::HasSubstr;

std::string refusal(std::string const& url, bool allow_remote = false) {
    try {
        resolve(url, "target", allow_remote);
    } catch (SettingError const& error) {
        return error.what();
    }
    return {};
}

TEST(LoadTarget, WhenOnThisMachine_IsAccepted) {
    auto const endpoint = resolve("http://127.0.0.1:8080", "target", false);
    EXPECT_EQ(endpoint.address, "127.0.0.1");
    EXPECT_EQ(endpoint.port, 8080);
    EXPECT_EQ(endpoint.host_header(), "127.0.0.1:8080");
    EXPECT_EQ(resolve("http://127.255.255.254:1/", "target", false).port, 1);
    auto const named = resolve("http://localhost", "target", false);
    EXPECT_TRUE(is_loopback(named.address));
    EXPECT_EQ(named.port, 80);
    EXPECT_EQ(named.host_header(), "localhost");
}

TEST(LoadTarget, WhenSecure_HasTheNameThatTheCertificateMustBeFor) {
    auto const named = resolve("https://localhost", "target", false);
    EXPECT_EQ(named.port, 443);
    EXPECT_EQ(named.name, "localhost");
    EXPECT_EQ(named.host_header(), "localhost");
    auto const ported = resolve("https://127.0.0.1:8443/", "target", false);
    EXPECT_EQ(ported.port, 8443);
    EXPECT_EQ(ported.name, "127.0.0.1");
    EXPECT_TRUE(is_secure("https://localhost"));
    EXPECT_FALSE(is_secure("http://localhost"));
}

TEST(LoadTarget, WhenNotOnThisMachine_NeedsToBeAllowed) {
    for (auto const* address : {"126.255.255.255", "128.0.0.0", "0.0.0.0", "10.0.0.1"}) {
        auto const url = std::string("http://") + address + ":8080";
        EXPECT_THAT(refusal(url),
                    ::testing::AllOf(HasSubstr(address), HasSubstr("--allow-remote")));
        EXPECT_EQ(refusal(url, true), "");
        EXPECT_EQ(resolve(url, "target", true).address, address);
    }
}

TEST(LoadTarget, WhenNoSuchUrl_IsRefusedByName) {
    for (auto const* url :
         {"", "https://", "https://:443", "https://127.0.0.1:0", "httpss://127.0.0.1:1",
          "127.0.0.1:8080", "http://", "http://:80", "http://127.0.0.1:0", "http://127.0.0.1:65536",
          "http://127.0.0.1:x", "http://127.0.0.1:", "http://[::1]:80", "http://127.0.0.1:80/v1",
          "http://me@127.0.0.1:80", "http://127.0.0.1.invalid:80"}) {
        EXPECT_THAT(refusal(url, true), HasSubstr("--target: \"" + std::string(url) + "\"")) << url;
    }
    EXPECT_EQ(resolve("http://127.0.0.1:65535", "target", false).port, 65535);
}

}  // namespace
}  // namespace tickcast::load
