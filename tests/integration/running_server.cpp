#include "integration/running_server.hpp"

#include "tickcast/app/application.hpp"

#include <cstdlib>
#include <future>
#include <stdexcept>
#include <utility>

namespace tickcast::test {

RunningServer::RunningServer(Settings settings) {
    settings.listen = "127.0.0.1:0";
    settings.admin_listen = "127.0.0.1:0";
    std::promise<Ports> started;
    auto ports = started.get_future();
    control_ = std::thread{[this, settings = std::move(settings), &started] {
        Application application{settings};
        application.start();
        application_ = &application;
        started.set_value({application.public_port(), application.admin_port()});
        application.run();
    }};
    ports_ = ports.get();
}

void RunningServer::begin_stop() {
    if (control_.joinable() && !std::exchange(stopping_, true)) application_->request_stop();
}

void RunningServer::stop() {
    begin_stop();
    if (control_.joinable()) control_.join();
}

std::string RunningServer::metrics() const {
    HttpConnection admin{{"127.0.0.1", ports_.admin}};
    return admin.request("GET", "/metrics").body;
}

double RunningServer::metric(std::string const& name) const {
    auto const text = "\n" + metrics();
    auto const at = text.find("\n" + name + " ");
    if (at == std::string::npos) throw std::runtime_error("no metric " + name);
    return std::atof(text.c_str() + at + name.size() + 2);
}

}  // namespace tickcast::test
