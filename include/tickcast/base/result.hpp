// A value or an error. Faults of clients, files and networks are returned as values, never thrown:
// a function that acts and might fail returns a Result, also where it has no value. (A function
// that only asks for a fault or a refusal, and has its name, returns an optional.)
#pragma once

#include "tickcast/base/check.hpp"

#include <optional>
#include <utility>
#include <variant>

namespace tickcast {

template <class T, class E>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const noexcept { return state_.index() == 0; }

    T& operator*() & { return value(); }
    T const& operator*() const& { return value(); }
    T&& operator*() && { return std::move(value()); }
    T* operator->() { return &value(); }
    T const* operator->() const { return &value(); }

    E& error() & {
        TICKCAST_CHECK(state_.index() == 1, "no error in this result");
        return *std::get_if<1>(&state_);
    }
    E const& error() const& {
        TICKCAST_CHECK(state_.index() == 1, "no error in this result");
        return *std::get_if<1>(&state_);
    }

private:
    T& value() {
        TICKCAST_CHECK(state_.index() == 0, "no value in this result");
        return *std::get_if<0>(&state_);
    }
    T const& value() const {
        TICKCAST_CHECK(state_.index() == 0, "no value in this result");
        return *std::get_if<0>(&state_);
    }

    std::variant<T, E> state_;
};

/// Done, or an error: `return {};` says done.
template <class E>
class [[nodiscard]] Result<void, E> {
public:
    Result() = default;
    Result(E error) : error_(std::move(error)) {}

    explicit operator bool() const noexcept { return !error_; }

    E& error() & {
        TICKCAST_CHECK(error_.has_value(), "no error in this result");
        return *error_;
    }
    E const& error() const& {
        TICKCAST_CHECK(error_.has_value(), "no error in this result");
        return *error_;
    }

private:
    std::optional<E> error_{};
};

/// Keeps the value in `kept`, or hands the error on, and `kept` stays as it was.
template <class T, class E, class Kept>
Result<void, E> keep(Result<T, E> result, Kept& kept) {
    if (!result) return std::move(result.error());
    kept = static_cast<Kept>(*std::move(result));
    return {};
}

}  // namespace tickcast
