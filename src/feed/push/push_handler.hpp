// Turns nlohmann's SAX events of a pushed body into ticks, or into the first error. Numbers are
// read from their text, never through a double. Owner: the PushReader, for one body; one thread.
// Bound: a nested value is refused when it opens, so depth costs no memory.
#pragma once

#include "feed/push/push_parser.hpp"
#include "tickcast/protocol/error.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tickcast {

class PushHandler {
public:
    using Json = nlohmann::json;

    explicit PushHandler(PushFormat format) noexcept : format_(format) {}

    void begin_line(std::uint64_t line) noexcept { line_ = line; }
    /// Always returns false, as every SAX callback that ends the parsing.
    bool malformed(std::string detail) { return fail(ErrorCode::invalid_json, std::move(detail)); }
    /// The same for a tick of more than `limit` bytes.
    bool too_long(std::size_t limit);
    bool is_malformed() const noexcept { return error_ && error_->code == ErrorCode::invalid_json; }
    Error take_error() { return std::move(*error_); }
    /// The ticks since the last call.
    std::vector<PushTick> take_ticks() noexcept {
        taken_ += ticks_.size();
        return std::exchange(ticks_, {});
    }
    std::size_t waiting_ticks() const noexcept { return ticks_.size(); }
    void forget_last() noexcept { ticks_.pop_back(); }

    // The callbacks of nlohmann's sax_parse.
    bool null() { return wrong_type(); }
    bool boolean(bool) { return wrong_type(); }
    bool number_integer(Json::number_integer_t value);
    bool number_unsigned(Json::number_unsigned_t value);
    bool number_float(Json::number_float_t, Json::string_t const& text) { return number(text); }
    bool string(Json::string_t const& value);
    bool binary(Json::binary_t const&) { return wrong_type(); }
    bool start_object(std::size_t);
    bool key(Json::string_t const& name);
    bool end_object();
    bool start_array(std::size_t);
    bool end_array();
    bool parse_error(std::size_t, std::string const& token, Json::exception const& fault);

private:
    enum class Position : std::uint8_t { before, in_array, in_object, after };

    struct Member;
    struct Members;

    bool fail(ErrorCode code, std::string detail);
    bool wrong_type();
    bool number(std::string_view text);
    bool source_time(std::string_view text);

    PushFormat const format_;
    Position position_{Position::before};
    std::uint64_t line_{0};  ///< of a body of lines; in an array, the element's number
    std::vector<PushTick> ticks_{};
    std::uint64_t taken_{0};  ///< how many ticks `take_ticks` has returned
    std::optional<Error> error_{};

    // The tick that is being read.
    std::optional<Ticker> ticker_{};
    TickUpdate update_{};
    Member const* member_{nullptr};
    std::uint32_t seen_{0};  ///< one bit per member
};

}  // namespace tickcast
