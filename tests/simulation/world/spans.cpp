#include "simulation/world/spans.hpp"

#include <algorithm>

namespace tickcast::simulation {

void Spans::add(Nanos from, Nanos to) {
    auto const behind =
        std::upper_bound(spans_.begin(), spans_.end(), from,
                         [](Nanos when, Span const& span) { return when < span.from; });
    spans_.insert(behind, {from, to});
    end_ = std::max(end_, to);
}

Nanos Spans::within(Nanos from, Nanos to) const {
    Nanos all = 0;
    for (auto const& span : spans_) {
        auto const begin = std::max(span.from, from);
        auto const end = std::min(span.to, to);
        if (begin >= end) continue;
        all += end - begin;
        from = end;  // the next one may overlap with this one
    }
    return all;
}

std::size_t Spans::count(Nanos from, Nanos to) const {
    return static_cast<std::size_t>(
        std::count_if(spans_.begin(), spans_.end(),
                      [&](Span const& span) { return span.from < to && span.to > from; }));
}

}  // namespace tickcast::simulation
