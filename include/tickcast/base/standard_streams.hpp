// Standard input, output and error as they really are: closed, full, stopped, gone. Any thread. The
// open file descriptions are shared with other processes (a shell, a container's runtime), so they
// are never made non-blocking here: a caller that must not wait leaves the write to a thread.
#pragma once

#include "tickcast/base/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tickcast {

/// Opens /dev/null as each of the descriptors 0, 1 and 2 that is closed, so that no file opened
/// later gets that descriptor (CONTRACT RUN-16). Call it before any file is opened.
void open_standard_descriptors() noexcept;

struct WriteResult {
    std::size_t written{0};
    int error{0};  ///< errno; 0 = all was written
};

/// Writes all of `text` and waits as long as that takes, also where the descriptor is non-blocking.
WriteResult write_whole(int descriptor, std::string_view text) noexcept;

enum class Delivery : std::uint8_t {
    written,
    failed,
    waiting,  ///< a thread goes on writing until the process ends
};

/// Writes all of `text`, but returns after `patience` at the latest.
Delivery write_patiently(int descriptor, std::string const& text, Duration patience);

}  // namespace tickcast
