#include "client/metrics_text.hpp"

#include <algorithm>
#include <stdexcept>

namespace tickcast::client {

Metrics::Metrics(std::string_view text) {
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        auto const line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line[0] == '#') continue;
        auto const brace = line.rfind('}');
        auto const space = line.find(' ', brace == std::string_view::npos ? 0 : brace);
        if (space == std::string_view::npos) throw std::runtime_error("a metric without a value");
        series_[std::string(line.substr(0, space))] =
            std::stod(std::string(line.substr(space + 1)));
    }
}

double Metrics::at(std::string const& series) const {
    auto const found = series_.find(series);
    if (found == series_.end()) throw std::out_of_range("no series " + series);
    return found->second;
}

std::map<std::string, double> Metrics::family(std::string const& name) const {
    std::map<std::string, double> found;
    for (auto const& [series, value] : series_) {
        if (series == name || series.starts_with(name + "{")) found.emplace(series, value);
    }
    return found;
}

double Metrics::total(std::string const& name) const {
    auto const found = family(name);
    if (found.empty()) throw std::out_of_range("no family " + name);
    double sum = 0;
    for (auto const& [series, value] : found)
        sum += value;
    return sum;
}

}  // namespace tickcast::client
