// Recognises files that are no CSV text, by their first bytes. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace tickcast {

/// How many first bytes `foreign_form` examines: a tar archive shows in its 257th to 262nd.
inline constexpr std::size_t kFormBytes = 512;

/// The file's form and a remedy, as in "a zip archive: unpack it"; empty if the file may be text.
/// `first` is shorter than kFormBytes only if the file is.
std::string_view foreign_form(std::string_view first) noexcept;

}  // namespace tickcast
