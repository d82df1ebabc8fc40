// The fields of a header that is well-formed: what a client accepts, what it has already, what it
// upgrades to, who asks. The input is the lines of the fields.
#include "fuzz/support/fuzz.hpp"
#include "http/message_check.hpp"
#include "tickcast/api/origin_policy.hpp"
#include "tickcast/base/text.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/handshake.hpp"
#include "tickcast/http/negotiation.hpp"
#include "tickcast/protocol/event_text.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace tickcast::fuzz {

namespace {

/// The header of a GET with these fields; nothing where Beast refuses it.
std::optional<HttpHeader> header_of(std::string_view fields) {
    http::request_parser<http::empty_body> parser;
    std::string text{"GET / HTTP/1.1\r\nHost: a.example:8080\r\n"};
    text.append(fields).append("\r\n\r\n");
    boost::system::error_code error;
    parser.put(boost::asio::buffer(text), error);
    if (error || !parser.is_header_done() || check_message(parser.get())) return std::nullopt;
    return parser.get().base();
}

/// All that the fields say, as far as the server reads them.
std::string meaning(HttpHeader const& header) {
    static constexpr char kTag[] = "\"0123456789abcdef\"";
    static OriginPolicy const policy{{"https://a.example", "http://b.example:80"}};
    std::string text;
    text += accepts_event_stream(header) ? "events " : "";
    text += prefers_gzip(header) ? "gzip " : "";
    text += is_unencoded(header) ? "plain " : "";
    text += policy.admits(header) ? "admitted " : "";
    text += "handshake " + std::to_string(static_cast<int>(check_handshake(header)));
    text += " precondition " + std::to_string(static_cast<int>(check_precondition(header, kTag)));
    text += " type " + media_type(header).value_or("none");
    return text;
}

/// The header with its fields changed by `change(name, value)`; names are in lower case.
template <class Change>
HttpHeader changed(HttpHeader const& header, Change change) {
    HttpHeader copy{header};
    copy.clear();
    for (auto const& field : header) {
        auto const name = to_lower(to_std(field.name_string()));
        copy.insert(name, change(name, to_std(field.value())));
    }
    return copy;
}

/// The fields of one name as one list (RFC 9110 section 5.3).
HttpHeader joined(HttpHeader const& header, http::field name) {
    HttpHeader copy{header};
    std::string list;
    auto const [begin, end] = header.equal_range(name);
    for (auto at = begin; at != end; ++at)
        list.append(list.empty() ? "" : ", ").append(to_std(at->value()));
    copy.erase(name);
    if (begin != end) copy.insert(name, list);
    return copy;
}

/// "*" stands for all tags only where it stands alone: it is no member of a list.
bool has_star(HttpHeader const& header, http::field name) {
    auto const [begin, end] = header.equal_range(name);
    return std::any_of(begin, end,
                       [](auto const& field) { return trimmed(to_std(field.value())) == "*"; });
}

bool has_quote(HttpHeader const& header) {
    for (auto const& field : header) {
        if (to_std(field.value()).find_first_of("\"\\") != std::string_view::npos) return true;
    }
    return false;
}

std::string upper(std::string_view text) {
    std::string out{text};
    for (auto& c : out)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return out;
}

/// The part of the text up to the mark, trimmed; the text goes on behind the mark.
std::string_view take(std::string_view& text, char mark) {
    auto const end = std::min(text.find(mark), text.size());
    auto const part = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

/// RFC 9110 section 12.4.2: 0 to 1 with three decimals at most; anything else is not wanted.
double weight_in(std::string_view parameters) {
    while (!parameters.empty()) {
        auto value = take(parameters, ';');
        if (to_lower(take(value, '=')) != "q") continue;
        value = trimmed(value);
        bool const whole = value.starts_with('0') || value.starts_with('1');
        bool const plain = whole && value.size() <= 5 && (value.size() == 1 || value[1] == '.') &&
                           value.find_first_not_of("0123456789", 2) >= value.size();
        if (!plain) return 0;
        auto const weight = std::stod(std::string{value});
        return weight > 1 ? 0 : weight;
    }
    return 1;
}

/// The weights of the items of that name.
std::vector<double> weights_of(HttpHeader const& header, http::field field, std::string_view name) {
    std::vector<double> weights;
    auto const [begin, end] = header.equal_range(field);
    for (auto at = begin; at != end; ++at) {
        auto list = to_std(at->value());
        while (!list.empty()) {
            auto item = take(list, ',');
            if (to_lower(take(item, ';')) == name) weights.push_back(weight_in(item));
        }
    }
    return weights;
}

/// What a client accepts, by a reading that knows no quotes.
void check_accepted(HttpHeader const& header) {
    auto const coding = [&](std::string_view name, double otherwise) {
        auto const weights = weights_of(header, http::field::accept_encoding, name);
        return weights.empty() ? otherwise : weights.back();
    };
    // Both names mean the same coding; where both stand, the later one counts.
    if (weights_of(header, http::field::accept_encoding, "x-gzip").empty()) {
        auto const gzip = coding("gzip", coding("*", 0));
        require(prefers_gzip(header) == (gzip > 0 && gzip >= coding("identity", 0)),
                "gzip goes to a client that wants it");
    }
    auto const events = weights_of(header, http::field::accept, "text/event-stream");
    bool const wanted = std::any_of(events.begin(), events.end(), [](double w) { return w > 0; });
    require(accepts_event_stream(header) == wanted, "events go to a client that asks for them");
}

/// Names, tokens and hosts mean the same in any case; tags, keys and event ids do not.
void check_case(HttpHeader const& header) {
    auto const other = changed(header, [](std::string_view name, std::string_view value) {
        bool const kept = name == "if-match" || name == "if-none-match" ||
                          name == "sec-websocket-key" || name == "last-event-id";
        return kept ? std::string{value} : upper(value);
    });
    require_same(meaning(header), meaning(other), "case does not matter where it must not");
}

void check_joining(HttpHeader const& header) {
    for (auto const name : {http::field::accept, http::field::accept_encoding, http::field::upgrade,
                            http::field::connection, http::field::content_encoding,
                            http::field::if_none_match, http::field::if_match}) {
        bool const tags = name == http::field::if_match || name == http::field::if_none_match;
        if (header.count(name) > 1 && !(tags && has_star(header, name))) {
            require_same(meaning(header), meaning(joined(header, name)),
                         "a list may stand in several fields");
        }
    }
}

void check_handshake_of(HttpHeader const& header) {
    if (check_handshake(header) != Handshake::fine) return;
    require(header.count(http::field::sec_websocket_key) == 1, "a handshake has one key");
    require(header[http::field::sec_websocket_key].size() == 24, "its key has 16 bytes");
    // As WebSocketStream::start gives it to Beast.
    HttpRequest request{header};
    request.set(http::field::upgrade, "websocket");
    request.set(http::field::connection, "Upgrade");
    require(boost::beast::websocket::is_upgrade(request), "Beast takes what is granted");
}

void check_events(HttpHeader const& header) {
    constexpr std::string_view kSession = "AAAAAAAAAAAAAAAAAAAAAA";
    auto const id = last_event_id(header);
    auto const generation = continued_generation(id, kSession);
    if (generation) require_same(event_id(kSession, *generation), id, "an event's ID has one text");
    if (count_fields(header, http::string_to_field("Last-Event-ID")) > 1) return;
    require(header.count("Last-Event-ID") < 2 || id.empty(), "of two event IDs none counts");
}

void check_origin(HttpHeader const& header) {
    static OriginPolicy const none{{}};
    require(none.admits(header), "without a list every origin is admitted");
    auto const text = origin_and_host(header);
    for (char const c : text)
        require(static_cast<unsigned char>(c) >= 0x20, "a header's text stays within its line");
    HttpResponse response;
    static OriginPolicy const policy{{"https://a.example"}};
    policy.mark(response, &header);
    auto const allowed = to_std(response[http::field::access_control_allow_origin]);
    if (allowed.empty()) return;
    require(policy.admits(header), "only pages that are admitted may read");
    require_same(allowed, to_std(header[http::field::origin]), "its own origin is named to a page");
}

}  // namespace

void run(std::string_view input) {
    auto const header = header_of(input);
    if (!header) return;
    // Joining can move a quote's end, and upper case can make an escape of a letter.
    if (!has_quote(*header)) {
        check_joining(*header);
        check_accepted(*header);
    }
    check_case(*header);
    check_handshake_of(*header);
    check_events(*header);
    check_origin(*header);
}

}  // namespace tickcast::fuzz
