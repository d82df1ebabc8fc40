// An integer that cannot be mixed up with another kind of integer. A value type.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>

namespace tickcast {

template <class Tag, class Int>
struct StrongId {
    Int value{};

    friend constexpr auto operator<=>(StrongId, StrongId) noexcept = default;
};

}  // namespace tickcast

template <class Tag, class Int>
struct std::hash<tickcast::StrongId<Tag, Int>> {
    std::size_t operator()(tickcast::StrongId<Tag, Int> id) const noexcept {
        return std::hash<Int>{}(id.value);
    }
};
