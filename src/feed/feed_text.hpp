// The text of one `--feed` setting, in its parts, and the reader of its parameters. Pure. Parsed at
// start-up; the errors are for the operator.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace tickcast {

/// `NAME`, `NAME:PATH`, both also with `?QUERY`. Views of the setting's text.
struct FeedText {
    static FeedText of(std::string_view setting) noexcept;

    std::string_view name{};
    std::optional<std::string_view> path{};
    std::optional<std::string_view> query{};
};

/// The parameters of a feed's query, `KEY=VALUE&KEY=VALUE`, one by one. Keeps the first thing that
/// is wrong, which ends the reading.
class FeedParameters {
public:
    explicit FeedParameters(FeedText const& feed) noexcept : feed_(feed.name), query_(feed.query) {}

    /// `apply(key)` reads the value by one of the functions below; false: it knows no such key.
    template <class Apply>
    void each(Apply apply) {
        while (next()) {
            if (!apply(key_)) fail("unknown parameter '" + std::string{key_} + "'");
        }
    }

    // Each gives true, also where the value is wrong: then `fault` says so.
    template <class Int>
    bool whole(Int& out, std::uint64_t least, std::uint64_t most) {
        if (auto const value = whole_number(least, most)) out = static_cast<Int>(*value);
        return true;
    }
    /// `expected` is what the error says before `most`.
    bool decimal(double& out, double least, std::uint64_t most, char const* expected);
    bool boolean(bool& out);
    std::string_view value() const noexcept { return value_; }

    /// What is wrong and what would be right; empty if nothing is.
    std::string const& fault() const noexcept { return fault_; }

private:
    bool next();
    std::optional<std::uint64_t> whole_number(std::uint64_t least, std::uint64_t most);
    void wrong(std::string const& expected);
    void fail(std::string const& text);

    std::string_view feed_;
    std::optional<std::string_view> query_;  ///< what is left of it
    std::string_view key_{};
    std::string_view value_{};
    std::set<std::string_view> seen_{};
    std::string fault_{};
};

}  // namespace tickcast
