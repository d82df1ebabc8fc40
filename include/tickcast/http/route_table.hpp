// What a listener serves, in one table: a row per method of a path, with the handler that answers
// it and the facts that HTTP must know. A request is looked up once, and the result (Routed) stays
// with the request. Constexpr values, any thread; wrong rows do not compile.
#pragma once

#include "tickcast/config/settings.hpp"
#include "tickcast/http/method_set.hpp"
#include "tickcast/http/static_files.hpp"
#include "tickcast/http/target.hpp"
#include "tickcast/protocol/limit.hpp"
#include "tickcast/protocol/method.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace tickcast {

/// The setting that bounds a body, in bytes, and the limit that counts a larger body.
struct BodyLimit {
    std::size_t Settings::* setting{&Settings::max_body_bytes};
    Limit limit{Limit::max_body_bytes};
};

/// What HTTP must know of a row.
struct RouteFacts {
    BodyLimit body{};
    bool json_body{false};  ///< a body of another type or in a content coding gets 415
    bool new_work{false};   ///< the request gets 503 once the process drains
    /// A request without a body is answered even past a limit of connections or requests, and while
    /// the listener closes: a load balancer judges by this answer. Then the connection ends.
    bool answered_always{false};
};

/// The result of a look-up. Its views point into the request's header.
struct Routed {
    static constexpr std::size_t kNoRow = std::numeric_limits<std::size_t>::max();

    std::size_t label{0};     ///< index into the table's labels; 0 where there is no such path
    std::size_t row{kNoRow};  ///< which answers; kNoRow for OPTIONS or a refusal
    MethodSet methods{};      ///< the methods that the path takes; none where there is no such path
    RouteFacts facts{};       ///< of the row; without a row, of the path's first row
    std::size_t body_limit{0};  ///< of the request's body, in bytes; the listener sets it
    std::string_view parameter{};
    StaticTarget file{};  ///< if the listener found a file of its page
};

template <class Handler>
struct RouteRow {
    Method method{Method::get};  ///< GET answers HEAD too
    /// A path; its last segment can be "{…}", a parameter that is never empty. Or a name that does
    /// not begin with '/', for requests that the listener itself finds. The pattern is also the
    /// value of the label `route`.
    std::string_view pattern{};
    Handler handler{};
    RouteFacts facts{};
};

/// The pattern with this parameter in place of "{…}".
std::string path_of(std::string_view pattern, std::string_view parameter);

template <class Handler, std::size_t kRows>
class RouteTable {
public:
    using Row = RouteRow<Handler>;
    static constexpr std::string_view kUnknown = "unknown";

    /// `everywhere`: methods that every path takes in addition to those of its rows.
    explicit consteval RouteTable(std::array<RouteRow<Handler>, kRows> const& rows,
                                  MethodSet everywhere = {})
        : rows_(rows), everywhere_(everywhere) {
        labels_[labels_used_++] = kUnknown;
        for (std::size_t i = 0; i < kRows; ++i) {
            check(i);
            all_.add(methods_of(rows_[i]));
            if (label_of(rows_[i].pattern) == 0) labels_[labels_used_++] = rows_[i].pattern;
        }
        all_.add({Method::options});
    }

    /// Looks up a request's path. `*`, the server as a whole, takes OPTIONS and every method that
    /// some path takes.
    constexpr Routed find(std::string_view path, Method method) const noexcept {
        if (path == kServerAsAWhole) return Routed{.methods = all_};
        auto found = kRows;
        for (std::size_t i = 0; i < kRows; ++i) {
            auto const pattern = rows_[i].pattern;
            if (pattern == path && pattern.starts_with('/') && !has_parameter(pattern)) {
                return route(i, {}, method);
            }
            if (found == kRows && !parameter_of(pattern, path).empty()) found = i;
        }
        if (found == kRows) return {};
        return route(found, parameter_of(rows_[found].pattern, path), method);
    }
    /// Looks up a pattern, written as in its row.
    constexpr Routed find_pattern(std::string_view pattern, Method method) const noexcept {
        for (std::size_t i = 0; i < kRows; ++i) {
            if (rows_[i].pattern == pattern) return route(i, {}, method);
        }
        return {};
    }

    constexpr Row const& operator[](std::size_t row) const noexcept { return rows_[row]; }
    constexpr std::span<Row const> rows() const noexcept { return rows_; }
    /// The value of the label `route` for each Routed::label.
    constexpr std::span<std::string_view const> labels() const noexcept {
        return {labels_.data(), labels_used_};
    }

private:
    static constexpr bool has_parameter(std::string_view pattern) noexcept {
        return pattern.ends_with('}');
    }
    /// The parameter in `path`; empty where the path does not match the pattern.
    static constexpr std::string_view parameter_of(std::string_view pattern,
                                                   std::string_view path) noexcept {
        if (!has_parameter(pattern)) return {};
        auto const prefix = pattern.substr(0, pattern.find('{'));
        if (!path.starts_with(prefix)) return {};
        auto const parameter = path.substr(prefix.size());
        return parameter.find('/') == std::string_view::npos ? parameter : std::string_view{};
    }
    static constexpr MethodSet methods_of(Row const& row) noexcept {
        if (row.method == Method::get) return {Method::get, Method::head};
        return {row.method};
    }
    constexpr std::size_t label_of(std::string_view pattern) const noexcept {
        for (std::size_t i = 1; i < labels_used_; ++i) {
            if (labels_[i] == pattern) return i;
        }
        return 0;
    }
    constexpr Routed route(std::size_t first, std::string_view parameter,
                           Method method) const noexcept {
        auto const pattern = rows_[first].pattern;
        Routed routed{.label = label_of(pattern),
                      .methods = everywhere_,
                      .facts = rows_[first].facts,
                      .parameter = parameter};
        for (std::size_t i = first; i < kRows; ++i) {
            if (rows_[i].pattern != pattern) continue;
            auto const methods = methods_of(rows_[i]);
            routed.methods.add(methods);
            if (!methods.contains(method)) continue;
            routed.row = i;
            routed.facts = rows_[i].facts;
        }
        return routed;
    }
    consteval void check(std::size_t i) const {
        auto const& row = rows_[i];
        auto const brace = row.pattern.find('{');
        bool const closed = row.pattern.find('}') + 1 == row.pattern.size();
        if (row.pattern.empty()) throw "a row has no pattern";
        if (brace != std::string_view::npos && (!closed || row.pattern[brace - 1] != '/')) {
            throw "a parameter is a whole segment, and the last";
        }
        if (row.method == Method::head || row.method == Method::options ||
            row.method == Method::other) {
            throw "HEAD comes with GET, OPTIONS with the table";
        }
        for (std::size_t j = 0; j < i; ++j) {
            if (rows_[j].pattern == row.pattern && rows_[j].method == row.method) {
                throw "a method of a path is there twice";
            }
        }
    }

    std::array<Row, kRows> rows_;
    MethodSet everywhere_;
    MethodSet all_{};
    std::array<std::string_view, kRows + 1> labels_{};
    std::size_t labels_used_{0};
};

}  // namespace tickcast
