#include "tickcast/transport/tls_context.hpp"

#include "support/tls_client.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

namespace tickcast::test {
namespace {

TEST(TlsContext, BeforeALoad_GivesNoSession) {
    TestCertificate const files;
    TlsContext const context{files.certificate_file(), files.key_file()};
    EXPECT_EQ(context.new_session(), nullptr);
}

TEST(TlsContext, Load_WhenAFileIsWrong_NamesSettingAndFile) {
    TestCertificate const files;
    TestCertificate const others;
    auto const wrong = TlsContext{files.certificate_file(), others.key_file()}.load();
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().setting, "tls-key");
    EXPECT_EQ(wrong.error().file, others.key_file());
    auto const missing = TlsContext{"/nowhere/cert.pem", files.key_file()}.load();
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().setting, "tls-cert");
    EXPECT_EQ(missing.error().why, "No such file or directory");
}

TEST(TlsContext, Load_WhenItFailsLater_SessionsAreStillGiven) {
    TestCertificate const files;
    TlsContext context{files.certificate_file(), files.key_file()};
    ASSERT_TRUE(context.load());
    std::filesystem::remove(files.key_file());
    EXPECT_FALSE(context.load());
    EXPECT_NE(context.new_session(), nullptr);
}

TEST(TlsContext, Load_WhileOtherThreadsTakeSessions_EveryOneGetsOne) {
    TestCertificate const files;
    TlsContext context{files.certificate_file(), files.key_file()};
    ASSERT_TRUE(context.load());
    std::atomic<bool> stop{false};
    std::atomic<unsigned> given{0};
    std::atomic<unsigned> refused{0};
    std::vector<std::thread> shards;
    for (int shard = 0; shard < 3; ++shard) {
        shards.emplace_back([&] {
            while (!stop)
                ++(context.new_session() ? given : refused);
        });
    }
    while (given < 100)
        std::this_thread::yield();
    for (int i = 0; i < 50; ++i)
        EXPECT_TRUE(context.load());
    stop = true;
    for (auto& shard : shards)
        shard.join();
    EXPECT_EQ(refused, 0U);
}

}  // namespace
}  // namespace tickcast::test
