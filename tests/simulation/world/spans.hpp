// Stretches of simulated time, which may overlap: when the server stood still. A value; pure.
#pragma once

#include "simulation/kernel/scheduler.hpp"

#include <vector>

namespace tickcast::simulation {

class Spans {
public:
    void add(Nanos from, Nanos to);
    /// How much of that time lies in any span.
    Nanos within(Nanos from, Nanos to) const;
    /// How many spans touch that time.
    std::size_t count(Nanos from, Nanos to) const;
    /// The end of the latest; 0 without any.
    Nanos end() const noexcept { return end_; }

private:
    struct Span {
        Nanos from;
        Nanos to;
    };
    std::vector<Span> spans_;  ///< by their begin
    Nanos end_{0};
};

}  // namespace tickcast::simulation
