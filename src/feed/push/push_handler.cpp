#include "feed/push/push_handler.hpp"

#include "tickcast/model/json_integer.hpp"
#include "tickcast/model/source_time.hpp"
#include "tickcast/protocol/json_fault.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace tickcast {

struct PushHandler::Member {
    std::string_view name;
    std::optional<Decimal> TickUpdate::* value{nullptr};  ///< none: `s` or `x`
    bool is_size{false};
};

struct PushHandler::Members {
    static constexpr auto kAll = [] {
        std::array<Member, 2 + kQuoteMembers.size()> all{Member{"s"}, Member{"x"}};
        std::transform(kQuoteMembers.begin(), kQuoteMembers.end(), all.begin() + 2,
                       [](QuoteMember const& member) {
                           return Member{member.name, member.of_update, member.is_size};
                       });
        return all;
    }();
};

namespace {

constexpr std::uint32_t kTicker = 1U << 0;
constexpr std::uint32_t kTickerAndTime = kTicker | 1U << 1;
constexpr std::size_t kMaxEcho = 32;  // bytes of a client's text that an error repeats

std::string echo(std::string_view text) {
    // Cutting could split a UTF-8 sequence, so a long text is left out.
    if (text.size() > kMaxEcho) return "a long one";
    return "'" + std::string{text} + "'";
}

/// "p, b, …"
std::string value_names() {
    std::string names;
    for (auto const& member : kQuoteMembers) {
        names += names.empty() ? "" : ", ";
        names += member.name;
    }
    return names;
}

}  // namespace

bool PushHandler::fail(ErrorCode code, std::string detail) {
    auto line = line_;
    if (format_ == PushFormat::array) {
        // The element at fault is the one after those that were read, unless the array had ended.
        auto const good = taken_ + ticks_.size();
        line = position_ == Position::after ? std::max<std::uint64_t>(good, 1) : good + 1;
    }
    error_ = Error{.code = code, .detail = std::move(detail), .line = line};
    return false;
}

bool PushHandler::too_long(std::size_t limit) {
    fail(ErrorCode::body_too_large,
         "a tick is longer than " + std::to_string(limit) + " bytes, blanks not counted");
    error_->limit = limit;
    return false;
}

bool PushHandler::wrong_type() {
    if (position_ == Position::before && format_ == PushFormat::array) {
        return fail(ErrorCode::invalid_type, "the body must be an array");
    }
    if (position_ != Position::in_object) {
        return fail(ErrorCode::invalid_type, "a tick must be an object");
    }
    auto const expected = member_->name == "s"   ? " must be a string"
                          : member_->name == "x" ? " must be an integer"
                                                 : " must be a number";
    return fail(ErrorCode::invalid_type, "'" + std::string{member_->name} + "'" + expected);
}

bool PushHandler::number_integer(Json::number_integer_t value) {
    std::array<char, 24> text{};
    auto const* const end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return number({text.data(), static_cast<std::size_t>(end - text.data())});
}

bool PushHandler::number_unsigned(Json::number_unsigned_t value) {
    std::array<char, 24> text{};
    auto const* const end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return number({text.data(), static_cast<std::size_t>(end - text.data())});
}

bool PushHandler::number(std::string_view text) {
    if (position_ != Position::in_object || member_->name == "s") return wrong_type();
    if (member_->value == nullptr) return source_time(text);
    auto const value = Decimal::parse(text);
    if (!value && value.error() == DecimalError::syntax) return wrong_type();
    if (!value) {
        return fail(ErrorCode::out_of_range,
                    "'" + std::string{member_->name} +
                        "' has more than 8 decimals or is beyond 92233720368.54775807");
    }
    if (member_->is_size && *value < Decimal{}) {
        return fail(ErrorCode::out_of_range, "'" + std::string{member_->name} + "' is negative");
    }
    update_.*member_->value = *value;
    return true;
}

bool PushHandler::source_time(std::string_view text) {
    auto const time = parse_json_integer(text);
    if (!time && time.error() != IntegerError::out_of_range) return wrong_type();
    if (time && is_plausible_time(*time)) {
        update_.source_time_us = *time;
        return true;
    }
    std::string detail = "'x' must be microseconds since 1970, of a time from 1990 to 2100";
    auto const unit = time ? likely_unit(*time) : std::string_view{};
    if (!unit.empty()) detail += "; it looks like " + std::string{unit};
    return fail(ErrorCode::out_of_range, std::move(detail));
}

bool PushHandler::string(Json::string_t const& value) {
    if (position_ != Position::in_object || member_->name != "s") return wrong_type();
    ticker_ = Ticker::parse(value);
    if (ticker_) return true;
    return fail(ErrorCode::invalid_ticker,
                "'s' is no ticker (" + std::string{kTickerForm} + "): " + echo(value));
}

bool PushHandler::start_object(std::size_t) {
    bool const expected =
        position_ == (format_ == PushFormat::array ? Position::in_array : Position::before);
    if (!expected) return wrong_type();
    position_ = Position::in_object;
    ticker_.reset();
    update_ = {};
    seen_ = 0;
    return true;
}

bool PushHandler::key(Json::string_t const& name) {
    auto const& all = Members::kAll;
    auto const* const found =
        std::find_if(all.begin(), all.end(), [&](Member const& m) { return m.name == name; });
    if (found == all.end()) {
        return fail(ErrorCode::unknown_field, "unknown member: " + echo(name));
    }
    auto const bit = 1U << (found - all.begin());
    if ((seen_ & bit) != 0) return malformed("'" + name + "' is there twice");
    seen_ |= bit;
    member_ = found;
    return true;
}

bool PushHandler::end_object() {
    if ((seen_ & kTicker) == 0) return fail(ErrorCode::invalid_type, "'s' is missing");
    if ((seen_ & ~kTickerAndTime) == 0) {
        return fail(ErrorCode::invalid_type, "needs at least one of " + value_names());
    }
    position_ = format_ == PushFormat::array ? Position::in_array : Position::before;
    ticks_.push_back({*ticker_, update_});
    return true;
}

bool PushHandler::start_array(std::size_t) {
    if (position_ != Position::before || format_ != PushFormat::array) return wrong_type();
    position_ = Position::in_array;
    return true;
}

bool PushHandler::end_array() {
    position_ = Position::after;
    return true;
}

bool PushHandler::parse_error(std::size_t, std::string const& token, Json::exception const& fault) {
    // A number too large for a double is judged by its text.
    if (fault.id == kJsonNumberOverflow) return number(token);
    return malformed("not valid JSON");
}

}  // namespace tickcast
