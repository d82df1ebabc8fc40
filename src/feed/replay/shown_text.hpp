// Turns bytes of a file into text for a log line or an error: printable ASCII, and not too long.
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tickcast {

inline constexpr std::size_t kMaxShownText = 80;

/// Other bytes become \xNN, a quote \" and a backslash \\; "..." stands for an omitted rest.
std::string shown_text(std::string_view bytes);

}  // namespace tickcast
