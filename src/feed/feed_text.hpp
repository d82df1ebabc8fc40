// Splits the text of one `--feed` setting into its parts, and reads its parameters. Pure; used at
// start-up. The errors are texts for the operator.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace tickcast {

/// The parts of `NAME` or `NAME:PATH`, either with `?QUERY`. Views of the setting's text.
struct FeedText {
    static FeedText of(std::string_view setting) noexcept;

    std::string_view name{};
    std::optional<std::string_view> path{};
    std::optional<std::string_view> query{};
};

/// Reads the parameters of a feed's query, `KEY=VALUE&KEY=VALUE`, one by one. The first fault ends
/// the reading and is kept.
class FeedParameters {
public:
    explicit FeedParameters(FeedText const& feed) noexcept : feed_(feed.name), query_(feed.query) {}

    /// `apply(key)` reads the value with one of the functions below; it returns false for an
    /// unknown key.
    template <class Apply>
    void each(Apply apply) {
        while (next()) {
            if (!apply(key_)) fail("unknown parameter '" + std::string{key_} + "'");
        }
    }

    // Each returns true, also for a wrong value: `fault` then has the text.
    template <class Int>
    bool whole(Int& out, std::uint64_t least, std::uint64_t most) {
        if (auto const value = whole_number(least, most)) out = static_cast<Int>(*value);
        return true;
    }
    /// `expected` is the part of the error's text before `most`.
    bool decimal(double& out, double least, std::uint64_t most, char const* expected);
    bool boolean(bool& out);
    std::string_view value() const noexcept { return value_; }

    /// The fault and what would be right; empty if there is no fault.
    std::string const& fault() const noexcept { return fault_; }

private:
    bool next();
    std::optional<std::uint64_t> whole_number(std::uint64_t least, std::uint64_t most);
    void wrong(std::string const& expected);
    void fail(std::string const& text);

    std::string_view feed_;
    std::optional<std::string_view> query_;  ///< the part not read yet
    std::string_view key_{};
    std::string_view value_{};
    std::set<std::string_view> seen_{};
    std::string fault_{};
};

}  // namespace tickcast
