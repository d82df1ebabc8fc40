// A session's ID: 128 bits from the system's CSPRNG, as text 22 characters of base64url. A client
// that knows the ID may stream the session. A value; any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tickcast {

class SessionId {
public:
    static constexpr std::size_t kTextLength = 22;

    /// A new random ID; aborts if the system's generator fails (getrandom(2)).
    static SessionId generate();
    /// Nothing if the text is not exactly one that `str` can return.
    static std::optional<SessionId> parse(std::string_view text) noexcept;

    std::string str() const;
    /// The first characters, for logs: a whole ID would let its reader stream the session.
    std::string short_str() const { return str().substr(0, 6); }
    /// Uniformly spread, for stripes and hash maps.
    std::uint64_t hash() const noexcept {
        std::uint64_t value;
        std::memcpy(&value, bytes_.data(), sizeof value);
        return value;
    }

    friend auto operator<=>(SessionId const&, SessionId const&) noexcept = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace tickcast

template <>
struct std::hash<tickcast::SessionId> {
    std::size_t operator()(tickcast::SessionId const& id) const noexcept { return id.hash(); }
};
