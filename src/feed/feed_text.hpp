// Splits the text of one `--feed` setting into its parts, and reads its parameters. Pure; used at
// start-up. The errors are texts for the operator.
#pragma once

#include "tickcast/base/result.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace tickcast {

/// The parts of `NAME` or `NAME:PATH`, either with `?QUERY`. Views of the setting's text.
struct FeedText {
    static FeedText of(std::string_view setting) noexcept;

    std::string_view name{};
    std::optional<std::string_view> path{};
    std::optional<std::string_view> query{};
};

/// One `KEY=VALUE` of a feed's query. An error says what is wrong and what would be right.
struct FeedParameter {
    std::string_view feed{};  ///< the feed's name
    std::string_view key{};
    std::string_view value{};

    Result<std::uint64_t, std::string> whole(std::uint64_t least, std::uint64_t most) const;
    /// `expected` is the part of the error's text before `most`.
    Result<double, std::string> decimal(double least, std::uint64_t most,
                                        char const* expected) const;
    Result<bool, std::string> boolean() const;
    /// The error for a key that the feed does not have.
    std::string unknown() const;

private:
    std::string wrong(std::string const& expected) const;
};

/// The parameters of a feed's query, `KEY=VALUE&KEY=VALUE`, one by one.
class FeedParameters {
public:
    explicit FeedParameters(FeedText const& feed) noexcept : feed_(feed.name), query_(feed.query) {}

    /// Nothing at the end. The error is of a part that is no parameter, or that is there twice.
    Result<std::optional<FeedParameter>, std::string> next();

private:
    std::string_view feed_;
    std::optional<std::string_view> query_;  ///< the part not read yet
    std::set<std::string_view> seen_{};
};

/// Calls `read` for each parameter, up to the first error.
template <class Read>
Result<void, std::string> read_parameters(FeedText const& feed, Read read) {
    FeedParameters parameters{feed};
    for (;;) {
        auto parameter = parameters.next();
        if (!parameter) return std::move(parameter.error());
        if (!*parameter) return {};
        if (Result<void, std::string> done = read(**parameter); !done) return done;
    }
}

}  // namespace tickcast
