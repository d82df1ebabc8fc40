#include "tickcast/model/quote.hpp"

#include <charconv>
#include <cstring>
#include <limits>
#include <string_view>

namespace tickcast {
namespace {

// {"s":"…" | ,"p": ,"b": ,"a": | ,"z": ,"bz": ,"az": | ,"x": ,"t": ,"n": }
static_assert(7 + Ticker::kMaxLength + 3 * (5 + Decimal::kMaxTextLength) +
                  (5 + 6 + 6 + 3 * Decimal::kMaxTextLength) + (5 + 5 + 5 + 60) + 1 <=
              kMaxTickJson);

class Writer {
public:
    explicit Writer(char* out) noexcept : out_(out) {}

    void text(std::string_view text) noexcept {
        std::memcpy(out_, text.data(), text.size());
        out_ += text.size();
    }
    template <class Int>
    void integer(std::string_view name, Int value) noexcept {
        text(name);
        out_ = std::to_chars(out_, out_ + std::numeric_limits<Int>::digits10 + 2, value).ptr;
    }
    void decimal(std::string_view name, std::optional<Decimal> const& value) noexcept {
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
    writer.text(ticker.view());  // no character of a ticker needs an escape (RFC 8259 section 7)
    writer.text("\"");
    writer.decimal(R"(,"p":)", quote.last);
    writer.decimal(R"(,"b":)", quote.bid);
    writer.decimal(R"(,"a":)", quote.ask);
    writer.decimal(R"(,"z":)", quote.last_size);
    writer.decimal(R"(,"bz":)", quote.bid_size);
    writer.decimal(R"(,"az":)", quote.ask_size);
    if (quote.source_time_us) writer.integer(R"(,"x":)", *quote.source_time_us);
    writer.integer(R"(,"t":)", quote.taken_in_us);
    writer.integer(R"(,"n":)", quote.sequence);
    writer.text("}");
    return static_cast<std::size_t>(writer.end() - out);
}

}  // namespace tickcast
