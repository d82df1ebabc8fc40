// Makes one row per second from the seconds that the workers publish, and a progress line on
// standard error: rewritten in place on a terminal, every five seconds elsewhere. Owner: run(), on
// the main thread. Bound: one row per second of the run.
#pragma once

#include "generator/plan.hpp"
#include "generator/report.hpp"
#include "generator/worker.hpp"

#include <cstddef>
#include <vector>

namespace tickcast::load {

class Progress {
public:
    Progress(Settings const& settings, Plan const& plan);

    void add(std::size_t worker, std::vector<WorkerSecond> seconds);
    /// Call it once all workers have ended; a worker that ended earlier counts with its last
    /// second.
    std::vector<Row> finish();

private:
    bool complete(std::size_t second) const noexcept;
    void merge(std::size_t second);
    void show(Row const& row) const;

    Settings const& settings_;
    Plan const& plan_;
    bool terminal_;
    std::vector<std::vector<WorkerSecond>> waiting_;  ///< per worker, from second rows_.size() on
    std::vector<WorkerSecond> last_;
    Row totals_;  ///< counts since the start
    std::vector<Row> rows_;
};

}  // namespace tickcast::load
