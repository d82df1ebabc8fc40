// A value or an error. Faults of clients, files and networks are returned as values, never thrown.
#pragma once

#include "tickcast/base/check.hpp"

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

}  // namespace tickcast
