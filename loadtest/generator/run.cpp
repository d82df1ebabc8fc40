#include "generator/run.hpp"

#include "generator/progress.hpp"
#include "generator/target.hpp"
#include "generator/worker.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <memory>
#include <random>
#include <sys/resource.h>
#include <thread>

namespace tickcast::load {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kLook = 100ms;  ///< how often the workers' seconds are collected

void trust(client::Endpoint& endpoint, std::string const& url, Settings const& settings) {
    if (!is_secure(url)) return;
    try {
        endpoint.tls = std::make_shared<client::TlsContext const>(settings.ca_file);
    } catch (std::exception const& error) {
        throw SettingError("--ca: \"" + settings.ca_file + "\" " + error.what());
    }
}

std::vector<std::string> choose_from(Settings const& settings, client::Endpoint const& server) {
    if (!settings.tickers.empty()) return named_tickers(settings);
    auto const reply = client::HttpConnection(server, 10s).request("GET", "/v1/tickers");
    if (reply.status != 200) {
        throw std::runtime_error("GET /v1/tickers answered " + std::to_string(reply.status));
    }
    auto names = nlohmann::json::parse(reply.body).at("tickers").get<std::vector<std::string>>();
    if (names.empty()) {
        throw std::runtime_error("the server knows no tickers yet: name some by --tickers");
    }
    return names;
}

/// One set per user: if users shared sets, some tickers would have far more watchers than others.
std::vector<client::TickerSetPtr> ticker_sets(Settings const& settings,
                                              std::vector<std::string> names) {
    std::mt19937_64 random(settings.seed);
    auto const count = std::min(settings.tickers_per_user, names.size());
    std::vector<client::TickerSetPtr> sets;
    sets.reserve(settings.users);
    while (sets.size() < settings.users) {
        // The first steps of a shuffle (Fisher, Yates), on the order that the last set left: so the
        // cost of a set does not depend on the number of names.
        for (std::size_t i = 0; i < count; ++i) {
            std::uniform_int_distribution<std::size_t> rest(i, names.size() - 1);
            std::swap(names[i], names[rest(random)]);
        }
        auto const end = names.begin() + static_cast<std::ptrdiff_t>(count);
        sets.push_back(std::make_shared<client::TickerSet const>(
            std::vector<std::string>(names.begin(), end)));
    }
    return sets;
}

std::string now_text() {
    auto const now = std::time(nullptr);
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text.data();
}

/// A worker, its thread, and the exception that ended it.
struct Running {
    std::unique_ptr<Worker> worker;
    std::string error;
    std::atomic<bool> done{false};
    std::thread thread;

    void start(Clock::time_point at) {
        thread = std::thread([this, at] {
            std::this_thread::sleep_until(at);
            try {
                worker->run(at);
            } catch (std::exception const& death) {
                error = death.what();
            }
            done = true;
        });
    }
};

/// Not getrusage's ru_maxrss: that includes the process before exec.
double most_resident_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) * 1024;
    }
    return 0;
}

void account_for_itself(Report& report) {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    auto const seconds = [](timeval const& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    report.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
    report.resident_bytes = most_resident_bytes();
    std::vector<CostSample> costs;
    for (auto const& row : report.rows)
        costs.push_back(row.cost);
    report.warnings = bottleneck_warnings(costs, report.tally.lag.quantile(0.99));
    report.bottleneck = !report.warnings.empty();
    for (auto& warning : warnings(report.tally))
        report.warnings.push_back(std::move(warning));
}

std::string held_text(ServerSample const& sample) {
    return count_text(sample.sessions) + " sessions, " + count_text(sample.connections) +
           " connections and " + count_text(sample.subscriptions) + " subscriptions";
}

void judge_server(Report& report, ServerWatch& watch, std::atomic<bool> const& stop) {
    report.settled_after =
        watch.settle(std::chrono::duration<double>(report.settings.settle_seconds), stop);
    report.server_before = watch.before();
    report.server = watch.samples();
    report.failed_scrapes = watch.failed_scrapes();
    if (!watch.before().holds_nothing()) {
        report.warnings.push_back("before the run the server was not at zero, but held " +
                                  held_text(watch.before()) +
                                  ": that it came back to zero can't be shown, only that it "
                                  "holds no more of each than before");
    }
    if (report.failed_scrapes > 0) {
        report.warnings.push_back(std::to_string(report.failed_scrapes) +
                                  " times the server's /metrics could not be read: its figures "
                                  "have gaps");
    }
    if (report.settled_after) return;
    if (report.server.empty()) {
        report.faults.emplace_back(
            "the server's /metrics was never read: what it holds is unknown");
        return;
    }
    report.faults.push_back("the server holds " + held_text(report.server.back()) +
                            (stop ? " as it was interrupted"
                                  : " after " + count_text(report.settings.settle_seconds) + " s"));
}

}  // namespace

Report run(Settings const& settings, std::atomic<bool> const& stop) {
    auto server = resolve(settings.target, "target", settings.allow_remote);
    trust(server, settings.target, settings);
    std::unique_ptr<ServerWatch> watch;
    if (!settings.metrics.empty()) {
        auto admin = resolve(settings.metrics, "metrics", settings.allow_remote);
        trust(admin, settings.metrics, settings);
        watch = std::make_unique<ServerWatch>(std::move(admin));
    }
    auto const sets = ticker_sets(settings, choose_from(settings, server));
    Report report{.settings = settings, .began = now_text()};
    Plan const plan(settings);
    Progress progress(settings, plan);
    std::vector<Running> workers(settings.threads);
    for (std::size_t i = 0; i < workers.size(); ++i) {
        workers[i].worker =
            std::make_unique<Worker>(settings, server, sets, WorkerShare{i, workers.size()}, stop);
    }
    auto const start = Clock::now() + 10ms;
    if (watch) watch->begin(start);
    for (auto& each : workers)
        each.start(start);
    for (bool all_done = false; !all_done;) {
        all_done = std::all_of(workers.begin(), workers.end(),
                               [](Running const& each) { return each.done.load(); });
        if (!all_done) std::this_thread::sleep_for(kLook);
        for (std::size_t i = 0; i < workers.size(); ++i)
            progress.add(i, workers[i].worker->take_seconds());
    }
    report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    for (auto& each : workers) {
        each.thread.join();
        report.tally.merge(each.worker->tally());
        if (!each.error.empty()) report.faults.push_back("a worker died: " + each.error);
    }
    report.rows = progress.finish();
    for (auto const& row : report.rows)
        report.most_streaming = std::max(report.most_streaming, row.streaming);
    for (auto& fault : faults(report.tally))
        report.faults.push_back(std::move(fault));
    if (stop) report.faults.emplace_back("it was interrupted");
    account_for_itself(report);
    if (watch) judge_server(report, *watch, stop);
    return report;
}

}  // namespace tickcast::load
