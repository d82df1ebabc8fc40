#include "config/kubernetes.hpp"

#include "support.hpp"

namespace tickcast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// contract: SET-7
TEST(Kubernetes, Environment_WhenOfAServiceNamedTickcast_IsNoSettingAndIsNotWarnedOf) {
    auto const loaded = settings_of(load_from(
        {}, {"TICKCAST_SERVICE_HOST=10.0.0.1", "TICKCAST_SERVICE_PORT=8080",
             "TICKCAST_SERVICE_PORT_HTTP=8080", "TICKCAST_SERVICE_PORT_HTTP_2=8081",
             "TICKCAST_PORT=tcp://10.0.0.1:8080", "TICKCAST_PORT_8080_TCP=tcp://10.0.0.1:8080",
             "TICKCAST_PORT_8080_TCP_PROTO=tcp", "TICKCAST_PORT_8080_TCP_PORT=8080",
             "TICKCAST_PORT_8080_TCP_ADDR=10.0.0.1", "TICKCAST_PORT_53_UDP=udp://10.0.0.1:53",
             "TICKCAST_PORT_53_UDP_ADDR=10.0.0.1", "TICKCAST_PORT_9_SCTP=sctp://10.0.0.1:9",
             "TICKCAST_PORT_9_SCTP_PROTO=sctp"}));
    EXPECT_THAT(loaded.unknown_variables, IsEmpty());
    EXPECT_EQ(loaded.settings.listen, Settings{}.listen);
}

// contract: SET-7
TEST(Kubernetes, Environment_WhenItOnlyLooksAlike_IsWarnedOf) {
    for (std::string const name :
         {"TICKCAST_PORT_", "TICKCAST_PORTS", "TICKCAST_PORT_8080", "TICKCAST_PORT_TCP",
          "TICKCAST_PORT_8080_HTTP", "TICKCAST_PORT_X8080_TCP", "TICKCAST_PORT_8080_TCP_",
          "TICKCAST_PORT_8080_TCP_HOST", "TICKCAST_PORT_8080_TCP_PORT_1", "TICKCAST_PORT_8080_tcp",
          "TICKCAST_SERVICE", "TICKCAST_SERVICE_", "TICKCAST_SERVICE_HOSTS",
          "TICKCAST_SERVICE_HOST_1", "TICKCAST_SERVICE_PORT_", "TICKCAST_SERVICE_PORT_http",
          "TICKCAST_SERVICE_PORTS", "TICKCAST_HOST", "TICKCAST_ADDR"}) {
        auto const loaded = settings_of(load_from({}, {name + "=tcp://10.0.0.1:8080"}));
        EXPECT_THAT(loaded.unknown_variables, ElementsAre(name));
    }
}

// contract: SET-7
TEST(Kubernetes, Environment_WhenThePortIsNoUrl_IsWarnedOf) {
    for (std::string const value : {"8080", "0.0.0.0:8080", "http://10.0.0.1:8080", "tcp://",
                                    "tcp://10.0.0.1", "tcp://:8080", "tcp://10.0.0.1:http", ""}) {
        auto const loaded = settings_of(load_from({}, {"TICKCAST_PORT=" + value}));
        EXPECT_THAT(loaded.unknown_variables, ElementsAre("TICKCAST_PORT")) << value;
    }
}

TEST(Kubernetes, IsOfKubernetes_OfServicesWithTheSamePrefix_IsTrue) {
    EXPECT_TRUE(is_of_kubernetes("TICKCAST_ADMIN_SERVICE_HOST", "10.0.0.2"));
    EXPECT_TRUE(is_of_kubernetes("TICKCAST_WEB_2_PORT", "tcp://[fd00::2]:8081"));
    EXPECT_TRUE(is_of_kubernetes("TICKCAST_ADMIN_PORT_8081_TCP_ADDR", "10.0.0.2"));
    EXPECT_FALSE(is_of_kubernetes("TICKCAST_ADMIN_PORT", "8081"));
    EXPECT_FALSE(is_of_kubernetes("TICKCASTX_SERVICE_HOST", "10.0.0.2"));
}

}  // namespace
}  // namespace tickcast
