#include "tickcast/model/quote.hpp"

#include "model/digits.hpp"

#include <cstring>

namespace tickcast {
namespace {

// {"s":"…" | ,"p": ,"b": ,"a": | ,"z": ,"bz": ,"az": | ,"x": ,"t": ,"n": }
static_assert(7 + Ticker::kMaxLength + 3 * (5 + Decimal::kMaxTextLength) +
                  (5 + 6 + 6 + 3 * Decimal::kMaxTextLength) + (5 + 5 + 5 + 60) + 1 <=
              kMaxTickJson);

class Writer {
public:
    explicit Writer(char* out) noexcept : out_(out) {}

    template <std::size_t size>
    void text(char const (&literal)[size]) noexcept {
        std::memcpy(out_, literal, size - 1);
        out_ += size - 1;
    }
    /// A copy of fixed length costs no call; what is too much is overwritten.
    void ticker(Ticker const& ticker) noexcept {
        std::memcpy(out_, ticker.view().data(), Ticker::kMaxLength);
        out_ += ticker.view().size();
    }
    void integer(std::uint64_t value) noexcept { out_ = write_digits(value, out_); }
    void integer(std::int64_t value) noexcept {
        if (value < 0) *out_++ = '-';
        auto const bits = static_cast<std::uint64_t>(value);
        integer(value < 0 ? 0 - bits : bits);
    }
    template <std::size_t size>
    void decimal(char const (&name)[size], std::optional<Decimal> const& value) noexcept {
        if (!value) return;
        text(name);
        out_ = value->write(out_);
    }
    char const* end() const noexcept { return out_; }

private:
    char* out_;
};

template <class T>
void take_over(std::optional<T>& value, std::optional<T> const& update) noexcept {
    if (update) value = update;
}

}  // namespace

void Quote::merge(TickUpdate const& update) noexcept {
    take_over(last, update.last);
    take_over(last_size, update.last_size);
    take_over(bid, update.bid);
    take_over(bid_size, update.bid_size);
    take_over(ask, update.ask);
    take_over(ask_size, update.ask_size);
    take_over(source_time_us, update.source_time_us);
}

std::size_t encode_tick(Ticker const& ticker, Quote const& quote, char* out) noexcept {
    Writer writer{out};
    writer.text(R"({"s":")");
    writer.ticker(ticker);  // no character of a ticker needs an escape (RFC 8259 section 7)
    writer.text("\"");
    writer.decimal(R"(,"p":)", quote.last);
    writer.decimal(R"(,"b":)", quote.bid);
    writer.decimal(R"(,"a":)", quote.ask);
    writer.decimal(R"(,"z":)", quote.last_size);
    writer.decimal(R"(,"bz":)", quote.bid_size);
    writer.decimal(R"(,"az":)", quote.ask_size);
    if (quote.source_time_us) {
        writer.text(R"(,"x":)");
        writer.integer(*quote.source_time_us);
    }
    writer.text(R"(,"t":)");
    writer.integer(quote.taken_in_us);
    writer.text(R"(,"n":)");
    writer.integer(quote.sequence);
    writer.text("}");
    return static_cast<std::size_t>(writer.end() - out);
}

}  // namespace tickcast
