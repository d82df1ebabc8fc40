// Bytes of a file as a log line or a refusal may show them: printable ASCII, and not too many.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tickcast {

inline constexpr std::size_t kMaxShownText = 80;

/// Other bytes become \xNN, a quote \" and a backslash \\; "..." where some of it is left out.
std::string shown_text(std::string_view bytes);

}  // namespace tickcast
