// Calls a listener's API as a connection does: routes once, admits or refuses, handles, marks.
#pragma once

#include "tickcast/http/http_handler.hpp"
#include "tickcast/http/response.hpp"
#include "unit/api/run_coroutine.hpp"

#include <string_view>

namespace tickcast::test {

/// An answer, and the value of the label `route` under which it is counted.
struct Answered : Answer {
    std::string_view route{};
};

inline Awaitable<Answered> answer_call(HttpHandler& api, HttpRequest const& request,
                                       ConnectionSlot const& client) {
    auto const routed = api.route(request);
    auto admitted = api.admit(request, routed);
    TICKCAST_CHECK(!admitted || !admitted->stream, "the request becomes a stream");
    Outcome outcome{refusal(ErrorCode::internal, {})};
    if (admitted) {
        outcome = co_await api.handle(request, routed, client);
    } else {
        outcome = admitted.error();
    }
    if (!outcome) {
        api.refused(outcome.error(), &request, routed);
        outcome = Answer{.response = problem_response(outcome.error())};
    }
    Answered answered{*std::move(outcome)};
    api.mark(answered.response, &request);
    co_return answered;
}

template <class Api>
Answered call_api(Api& api, HttpRequest const& request, ConnectionSlot const& client = {}) {
    auto answered = run_coroutine(answer_call(api, request, client));
    answered.route = Api::routes()[api.route(request).label];
    return answered;
}

/// The answer to a request that its connection refuses. `header`: null if no header was read.
template <class Api>
Answered refuse_for(Api& api, Error error, HttpHeader const* header) {
    auto const routed = header != nullptr ? api.route(*header) : Routed{};
    api.refused(error, header, routed);
    Answered answered{{.response = problem_response(error)}, Api::routes()[routed.label]};
    api.mark(answered.response, header);
    return answered;
}

}  // namespace tickcast::test
