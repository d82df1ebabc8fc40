#include "tickcast/protocol/tick_json.hpp"

#include "tickcast/model/digits.hpp"
#include "tickcast/model/quote.hpp"
#include "tickcast/model/ticker.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <initializer_list>
#include <string_view>

namespace tickcast {
namespace {

// {"s":"…" | ,"p": ,"b": ,"a": | ,"z": ,"bz": ,"az": | ,"x": ,"t": ,"n": } and a word that may be
// overwritten behind it
static_assert(7 + Ticker::kMaxLength + 3 * (5 + Decimal::kMaxTextLength) +
                  (5 + 6 + 6 + 3 * Decimal::kMaxTextLength) + (5 + 5 + 5 + 60) + 1 + 8 <=
              kMaxTickJson);
static_assert(Decimal::kScale == kEightDigits, "write_decimal reads a Decimal's raw value");

/// Text that is copied as one word; surplus bytes are overwritten by the next part.
struct Name {
    char word[sizeof(std::uint64_t)]{};
    std::size_t size{0};

    constexpr Name(std::initializer_list<std::string_view> parts) {
        for (auto const part : parts) {
            for (char const c : part)
                word[size++] = c;  // a longer text does not compile
        }
    }
    char* write(char* out) const noexcept {
        std::memcpy(out, word, sizeof word);
        return out + size;
    }
};

struct DecimalMember {
    Name name;
    std::optional<Decimal> Quote::* value;
};

constexpr Name kBegin{R"({"s":")"};
constexpr auto kDecimalMembers = [] {
    std::array<DecimalMember, kQuoteMembers.size()> members{};
    std::transform(kQuoteMembers.begin(), kQuoteMembers.end(), members.begin(),
                   [](QuoteMember const& member) {
                       return DecimalMember{Name{",\"", member.name, "\":"}, member.of_quote};
                   });
    return members;
}();
constexpr Name kSourceTime{R"(,"x":)"};
constexpr Name kTakenIn{R"(,"t":)"};
constexpr Name kSequence{R"(,"n":)"};

char* write_integer(Name const& name, std::int64_t value, char* out) noexcept {
    out = name.write(out);
    auto magnitude = static_cast<std::uint64_t>(value);
    if (value < 0) {
        *out++ = '-';
        magnitude = 0 - magnitude;
    }
    return write_digits(magnitude, out);
}

}  // namespace

std::size_t encode_tick_json(Ticker const& ticker, Quote const& quote, char* out) noexcept {
    auto* const begin = out;
    out = kBegin.write(out);
    // No character of a ticker needs an escape (RFC 8259 section 7). A copy of fixed length needs
    // no function call; surplus bytes are overwritten by the next part.
    auto const text = ticker.view();
    std::memcpy(out, text.data(), Ticker::kMaxLength);
    out += text.size();
    *out++ = '"';
    for (auto const& member : kDecimalMembers) {
        auto const& value = quote.*member.value;
        if (!value) continue;
        out = write_decimal(value->raw(), member.name.write(out));
    }
    if (quote.source_time_us) out = write_integer(kSourceTime, *quote.source_time_us, out);
    out = write_integer(kTakenIn, quote.taken_in_us, out);
    out = write_digits(quote.sequence, kSequence.write(out));
    *out++ = '}';
    return static_cast<std::size_t>(out - begin);
}

}  // namespace tickcast
