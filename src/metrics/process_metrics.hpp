// The usual process_* families, read from /proc/self (proc(5)) at each scrape. Any thread.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

namespace tickcast {

/// Appends the families; a family whose figure cannot be read has no sample.
void append_process_metrics(std::vector<prometheus::MetricFamily>& families);

}  // namespace tickcast
