// The JSON bodies of POST and PATCH of sessions, beside nlohmann's tree of the same text.
#include "fuzz/support/fuzz.hpp"
#include "fuzz/support/json_reference.hpp"
#include "tickcast/base/utf8.hpp"
#include "tickcast/http/response.hpp"
#include "tickcast/protocol/session_body.hpp"

#include <set>

namespace tickcast::fuzz {

namespace {

using Json = nlohmann::json;

void check_members(Json const& tree, std::set<std::string> const& known) {
    require(tree.is_object(), "an accepted body is an object");
    for (auto const& member : tree.items())
        require(known.contains(member.key()), "an accepted body has known members");
}

void check_throttle(Json const& tree, std::optional<std::uint32_t> ours) {
    if (!tree.contains("throttle_ms")) {
        require(ours.value_or(0) == 0, "no throttle is made up");
        return;
    }
    auto const& value = tree.at("throttle_ms");
    require(value.is_number(), "a throttle is a number");
    require(ours && value.get<double>() == static_cast<double>(*ours),
            "a throttle is the client's");
    require(*ours <= kMaxThrottleMs, "a throttle is within its range");
}

/// The answer to a refused body is JSON, whatever the body contains, and repeats little of it.
void check_refusal(Error const& error, std::string_view body) {
    auto const answer = problem_response(error);
    auto const problem = tree_of(answer.body());
    require(problem && is_utf8(answer.body()), "a refusal's answer is JSON");
    require(problem->at("code") == name(error.code), "a refusal has its code");
    require(error.detail.size() < 256, "a refusal repeats little of the body");
    if (error.code == ErrorCode::invalid_json) return;
    require(!is_no_json(body), "what is no JSON is invalid_json");
}

void check_creation(std::string_view body, std::optional<Json> const& tree) {
    auto const spec = parse_session_body(body);
    if (!spec) return check_refusal(spec.error(), body);
    require(tree.has_value(), "an accepted body is JSON");
    check_members(*tree, {"tickers", "throttle_ms"});
    check_throttle(*tree, spec->throttle_ms);
    require(!spec->tickers.empty(), "a session has tickers");
    require(strings_of(*tree, "tickers") == spec->tickers, "the tickers are the client's");
    auto const again = parse_session_body(tree->dump());
    require(again && again->tickers == spec->tickers && again->throttle_ms == spec->throttle_ms,
            "another text of the same JSON is the same session");
}

void check_patch(std::string_view body, std::optional<Json> const& tree) {
    auto const patch = parse_patch_body(body);
    if (!patch) return check_refusal(patch.error(), body);
    require(tree.has_value(), "an accepted body is JSON");
    check_members(*tree, {"add", "remove", "throttle_ms"});
    check_throttle(*tree, patch->throttle_ms);
    require(strings_of(*tree, "add") == patch->add, "what is added is the client's");
    require(strings_of(*tree, "remove") == patch->remove, "what is removed is the client's");
    auto const again = parse_patch_body(tree->dump());
    require(again && again->add == patch->add && again->remove == patch->remove,
            "another text of the same JSON is the same change");
}

}  // namespace

void run(std::string_view input) {
    auto const tree = tree_of(input);
    check_creation(input, tree);
    check_patch(input, tree);
}

}  // namespace tickcast::fuzz
