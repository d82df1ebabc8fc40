#include "net/json_body.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace tickcast {

namespace {

using Json = nlohmann::json;

/// Of nlohmann's errors the one that is not about syntax: a number beyond a double, such as 1e400.
constexpr int kNumberOverflow = 406;
/// How much of an unknown member's name is repeated in the answer.
constexpr std::size_t kMaxEchoedName = 64;

/// nlohmann's parser calls this for each token; a member that returns false stops it. It parses on
/// past a fault, because a body that turns out to be no JSON is answered as that.
class SessionReader {
public:
    bool null() { return value(); }
    bool boolean(bool) { return value(); }
    bool number_integer(std::int64_t number) { return number == 0 ? integer(0) : any_number(); }
    bool number_unsigned(std::uint64_t number) { return integer(number); }
    bool number_float(double, std::string const&) { return any_number(); }
    bool string(std::string& text);
    bool binary(Json::binary_t&) { return false; }
    bool start_object(std::size_t);
    bool end_object() { return leave(); }
    bool start_array(std::size_t);
    bool end_array() { return leave(); }
    bool key(std::string& name);
    bool parse_error(std::size_t position, std::string const&, Json::exception const& error);

    Result<SessionSpec> take();

private:
    enum class Member : std::uint8_t { none, tickers, throttle, unknown };

    bool at_member(Member member) const noexcept { return depth_ == 1 && member_ == member; }
    bool at_element() const noexcept { return depth_ == 2 && in_tickers_; }

    bool value();
    bool any_number();
    bool integer(std::uint64_t number);
    bool enter();
    bool leave();
    bool fault(ErrorCode code, std::string detail);
    bool broken(std::string detail);

    SessionSpec spec_;
    std::size_t depth_{0};
    Member member_{Member::none};
    bool in_tickers_{false};
    bool had_tickers_{false};
    bool had_throttle_{false};
    std::optional<Error> fault_;   ///< the first thing that is wrong with what the JSON says
    std::optional<Error> broken_;  ///< it is no JSON
};

bool SessionReader::fault(ErrorCode code, std::string detail) {
    if (!fault_) fault_ = Error{.code = code, .detail = std::move(detail)};
    return true;
}

bool SessionReader::broken(std::string detail) {
    broken_ = Error{.code = ErrorCode::invalid_json, .detail = std::move(detail)};
    return false;
}

/// A value that is wrong wherever it stands.
bool SessionReader::value() {
    if (depth_ == 0) return fault(ErrorCode::invalid_type, "the body must be an object");
    if (at_member(Member::tickers)) {
        return fault(ErrorCode::invalid_type, "tickers must be an array of strings");
    }
    if (at_member(Member::throttle)) {
        return fault(ErrorCode::invalid_type, "throttle_ms must be a number");
    }
    if (at_element()) return fault(ErrorCode::invalid_type, "each of tickers must be a string");
    return true;
}

bool SessionReader::any_number() {
    if (!at_member(Member::throttle)) return value();
    return fault(ErrorCode::bad_throttle, "throttle_ms must be an integer from 0 to 60000");
}

bool SessionReader::integer(std::uint64_t number) {
    if (!at_member(Member::throttle) || number > kMaxThrottleMs) return any_number();
    spec_.throttle_ms = static_cast<std::uint32_t>(number);
    return true;
}

bool SessionReader::string(std::string& text) {
    if (!at_element()) return value();
    spec_.tickers.push_back(std::move(text));
    return true;
}

bool SessionReader::start_object(std::size_t) {
    if (depth_ > 0) value();
    return enter();
}

bool SessionReader::start_array(std::size_t) {
    if (at_member(Member::tickers)) {
        in_tickers_ = true;
    } else {
        value();
    }
    return enter();
}

bool SessionReader::enter() {
    if (++depth_ > kMaxJsonDepth) return broken("nested too deeply");
    return true;
}

bool SessionReader::leave() {
    if (--depth_ == 1) in_tickers_ = false;
    return true;
}

bool SessionReader::key(std::string& name) {
    if (depth_ != 1) return true;
    bool* had = nullptr;
    if (name == "tickers") {
        member_ = Member::tickers;
        had = &had_tickers_;
    } else if (name == "throttle_ms") {
        member_ = Member::throttle;
        had = &had_throttle_;
    } else {
        member_ = Member::unknown;
        return fault(ErrorCode::unknown_field,
                     "there is no member \"" + name.substr(0, kMaxEchoedName) + '"');
    }
    if (*had) return broken("the member " + name + " is there twice");
    *had = true;
    return true;
}

bool SessionReader::parse_error(std::size_t position, std::string const&,
                                Json::exception const& error) {
    if (error.id == kNumberOverflow) {
        any_number();
        return false;
    }
    return broken("not valid JSON near byte " + std::to_string(position));
}

Result<SessionSpec> SessionReader::take() {
    if (broken_) return std::move(*broken_);
    if (fault_) return std::move(*fault_);
    if (spec_.tickers.empty()) {
        return Error{.code = ErrorCode::empty_tickers,
                     .detail = "a session is created with one ticker or more"};
    }
    return std::move(spec_);
}

}  // namespace

Result<SessionSpec> parse_session_body(std::string_view body) {
    // nlohmann takes a NUL for the end of the text, and would not see what is behind it.
    if (body.find('\0') != std::string_view::npos) {
        return Error{.code = ErrorCode::invalid_json, .detail = "a NUL byte is no JSON"};
    }
    SessionReader reader;
    bool const parsed = Json::sax_parse(body, &reader);
    auto spec = reader.take();
    TICKCAST_CHECK(parsed || !spec, "the parser stopped without an error");
    return spec;
}

}  // namespace tickcast
