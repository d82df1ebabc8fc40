// A set of methods. A value; any thread.
#pragma once

#include "tickcast/protocol/method.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>

namespace tickcast {

class MethodSet {
public:
    constexpr MethodSet() noexcept = default;
    constexpr MethodSet(std::initializer_list<Method> methods) noexcept {
        for (auto const method : methods)
            bits_ = static_cast<std::uint8_t>(bits_ | bit(method));
    }

    constexpr void add(MethodSet other) noexcept {
        bits_ = static_cast<std::uint8_t>(bits_ | other.bits_);
    }
    constexpr bool contains(Method method) const noexcept { return (bits_ & bit(method)) != 0; }
    constexpr bool empty() const noexcept { return bits_ == 0; }
    /// "GET, HEAD, OPTIONS", as in Allow (RFC 9110 section 10.2.1).
    std::string list() const;

private:
    static constexpr unsigned bit(Method method) noexcept {
        return 1U << static_cast<unsigned>(method);
    }

    std::uint8_t bits_{0};
};

}  // namespace tickcast
