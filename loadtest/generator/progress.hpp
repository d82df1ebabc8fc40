// Makes one row a second of what the workers publish, and a line on standard error for whoever
// watches: over and over on a terminal, every five seconds elsewhere. The main thread's.
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
    /// Once all workers have ended; one that ended earlier counts as it was when it did.
    std::vector<Row> finish();

private:
    bool complete(std::size_t second) const noexcept;
    void merge(std::size_t second);
    void show(Row const& row) const;

    Settings const& settings_;
    Plan const& plan_;
    bool terminal_;
    std::vector<std::vector<WorkerSecond>> waiting_;  ///< by worker, from second rows_.size() on
    std::vector<WorkerSecond> last_;
    Row totals_;  ///< counts since the start
    std::vector<Row> rows_;
};

}  // namespace tickcast::load
