// Recognises the variables that Kubernetes makes in every pod for the Services of its namespace.
// For a Service named `tickcast` they begin like our settings (CONTRACT SET-7). Pure; used at
// start-up and on SIGHUP.
#pragma once

#include <string_view>

namespace tickcast {

/// Whether the kubelet makes such a variable for a Service named `tickcast` or `tickcast-…`.
bool is_of_kubernetes(std::string_view name, std::string_view value) noexcept;

}  // namespace tickcast
