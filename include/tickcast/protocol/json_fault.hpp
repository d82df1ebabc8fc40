// What nlohmann's parser reports. A constant.
#pragma once

namespace tickcast {

/// The id of the one error that is not about syntax: a number beyond a double, such as 1e400.
inline constexpr int kJsonNumberOverflow = 406;

}  // namespace tickcast
