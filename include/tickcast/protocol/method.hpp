// The HTTP methods, with their names in metrics. Pure; any thread.
#pragma once

#include "tickcast/protocol/table.hpp"

#include <cstdint>
#include <string_view>

namespace tickcast {

/// The methods that the server knows, and `other` for all the rest.
enum class Method : std::uint8_t { get, head, post, patch, delete_, options, other };

struct MethodRow {
    Method value;
    std::string_view name;  ///< the label `method`
};
inline constexpr std::array kMethodTable{
    MethodRow{Method::get, "GET"},        MethodRow{Method::head, "HEAD"},
    MethodRow{Method::post, "POST"},      MethodRow{Method::patch, "PATCH"},
    MethodRow{Method::delete_, "DELETE"}, MethodRow{Method::options, "OPTIONS"},
    MethodRow{Method::other, "other"},
};
static_assert(covers_up_to(kMethodTable, Method::other));
inline constexpr std::size_t kMethods = kMethodTable.size();

constexpr std::string_view name(Method method) noexcept {
    return kMethodTable[index_of(method)].name;
}

}  // namespace tickcast
