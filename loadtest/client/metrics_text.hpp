// A server's /metrics (text format 0.0.4), read once.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace tickcast::client {

/// One scrape: the value of every series by its full text, `name{label="value"}`.
class Metrics {
public:
    explicit Metrics(std::string_view text);
    /// The value of one series; throws std::out_of_range with its name if the series is missing.
    double at(std::string const& series) const;
    /// The sum of a family's series; throws if the family has none.
    double total(std::string const& family) const;
    /// The names and values of a family's series.
    std::map<std::string, double> family(std::string const& name) const;

private:
    std::map<std::string, double> series_;
};

}  // namespace tickcast::client
