#include "e2e/support/e2e_support.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <signal.h>
#include <stdexcept>

namespace tickcast::test {

std::vector<std::string> known_tickers(ServerProcess const& server) {
    auto const reply = server.get("/v1/tickers");
    return nlohmann::json::parse(reply.body).at("tickers").get<std::vector<std::string>>();
}

TickerSetPtr first_tickers(ServerProcess const& server, std::size_t count) {
    auto names = known_tickers(server);
    if (names.size() < count) throw std::runtime_error("the server knows too few tickers");
    names.resize(count);
    return std::make_shared<TickerSet const>(std::move(names));
}

std::string output_of(std::string const& command) {
    std::FILE* const pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
    std::string output;
    std::array<char, 65536> chunk;
    while (auto const got = std::fread(chunk.data(), 1, chunk.size(), pipe)) {
        output.append(chunk.data(), got);
    }
    if (::pclose(pipe) != 0) throw std::runtime_error("failed: " + command);
    return output;
}

void expect_clean_end(ServerProcess& server, Swarm& swarm) {
    server.signal(SIGTERM);
    std::optional<int> status;
    swarm.run_until(
        [&] {
            status = server.wait(std::chrono::milliseconds{0});
            return status.has_value();
        },
        std::chrono::seconds{10});
    auto const said = server.standard_error();
    EXPECT_TRUE(status.has_value()) << "the server still runs 10 s after SIGTERM";
    EXPECT_EQ(status.value_or(-1), 0) << said;
    EXPECT_EQ(said.find("Sanitizer"), std::string::npos) << said;
    EXPECT_EQ(said.find("runtime error"), std::string::npos) << said;
}

void expect_no_violations(Swarm const& swarm) {
    for (auto const& violation : swarm.violations())
        ADD_FAILURE() << violation;
}

double seconds_from(char const* variable, double otherwise) {
    char const* const text = std::getenv(variable);
    return text == nullptr ? otherwise : std::stod(text);
}

}  // namespace tickcast::test
