// What a file is that is no CSV text, by its first bytes. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace tickcast {

/// As many first bytes as `foreign_form` looks at: a tar archive is known by its 257th to 262nd.
inline constexpr std::size_t kFormBytes = 512;

/// What the file is and what would help, as "a zip archive: unpack it"; empty if it may be text.
/// `first` is shorter than kFormBytes only where the file is.
std::string_view foreign_form(std::string_view first) noexcept;

}  // namespace tickcast
