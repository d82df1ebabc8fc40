// A connection's bytes as HTTP requests, one after the other: heads, lengths, chunks, trailers,
// limits. However the bytes are cut, the requests are the same; and each one is what a plain strict
// reading of RFC 9112 finds in its bytes.
#include "fuzz/support/fuzz.hpp"
#include "fuzz/support/pieces.hpp"
#include "fuzz/support/strict_http.hpp"
#include "http/request_reader.hpp"
#include "tickcast/base/utf8.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/response.hpp"
#include "tickcast/http/target.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace tickcast::fuzz {

namespace {

constexpr std::size_t kMaxHeader = 512;
constexpr std::size_t kMaxBody = 256;

struct Seen {
    std::size_t begin{0};  ///< where the request's bytes begin and end in the input
    std::size_t end{0};
    std::string text{};  ///< its parts, one below the other
    HttpRequest request{};
    bool keep_alive{false};
    bool expects_continue{false};
};

/// What a connection made of its bytes.
struct Reading {
    std::vector<Seen> requests{};
    std::optional<Error> refusal{};
};

/// Reads requests as HttpConnection does.
class Connection {
public:
    /// False once the bytes that follow are not read.
    bool take(std::string_view bytes) {
        auto const room = reader_.prepare(bytes.size());
        asio::buffer_copy(room, asio::buffer(bytes.data(), bytes.size()));
        reader_.commit(bytes.size());
        given_ += bytes.size();
        while (step()) {
        }
        return !reading_.refusal;
    }
    Reading end() { return std::move(reading_); }

private:
    using Progress = RequestReader::Progress;
    enum class Phase : std::uint8_t { waiting, header, body };

    bool step() {
        switch (phase_) {
            case Phase::waiting:
                if (!reader_.has_next()) return false;
                begin_ = given_ - reader_.unread().size();
                reader_.begin();
                phase_ = Phase::header;
                return true;
            case Phase::header:
                return go_on(reader_.read_header(), [this] { begin_body(); });
            case Phase::body:
                return go_on(reader_.read_body(), [this] { finish(); });
        }
        return false;
    }
    template <class Done>
    bool go_on(Result<Progress> const& progress, Done done) {
        if (!progress) {
            reading_.refusal = progress.error();
            check_refusal();
            return false;
        }
        if (*progress == Progress::unfinished) return false;
        done();
        return !reading_.refusal;
    }
    void begin_body() {
        phase_ = Phase::body;
        expects_continue_ = reader_.expects_continue();
        auto const begun = reader_.begin_body(kMaxBody);
        if (!begun || *begun == Progress::done) go_on(begun, [this] { finish(); });
    }
    void finish() {
        phase_ = Phase::waiting;
        auto const keep_alive = reader_.keep_alive();
        auto request = reader_.release();
        auto text = std::string{request.method_string()} + ' ' + std::string{request.target()} +
                    ' ' + std::to_string(request.version()) + '\n';
        for (auto const& field : request)
            text.append(to_std(field.name_string())).append(":").append(to_std(field.value())) +=
                '\n';
        text += request.body() + (keep_alive ? "\nkeep" : "\nclose");
        reading_.requests.push_back({begin_, given_ - reader_.unread().size(), std::move(text),
                                     std::move(request), keep_alive, expects_continue_});
    }
    /// The answer to a refused request can be made.
    void check_refusal() const {
        auto const answer = problem_response(*reading_.refusal);
        require(is_utf8(answer.body()), "a refusal's answer is UTF-8");
        auto const* const header = reader_.header();
        require(header == nullptr || !header->target().empty(), "a header has a target");
    }

    RequestReader reader_{kMaxHeader};
    Phase phase_{Phase::waiting};
    std::size_t given_{0};
    std::size_t begin_{0};
    bool expects_continue_{false};
    Reading reading_;
};

/// The input's bytes, then `behind`.
Reading read(std::string_view input, Cut cut, std::string_view behind = {}) {
    Connection connection;
    bool goes_on = true;
    for_each_piece(input, cut,
                   [&](std::string_view piece) { return goes_on = connection.take(piece); });
    if (goes_on && !behind.empty()) connection.take(behind);
    return connection.end();
}

/// Of a message with two faults the one counts that is seen first: that depends on the cut.
bool is_of_reading(ErrorCode code) {
    return code == ErrorCode::bad_request || code == ErrorCode::headers_too_large ||
           code == ErrorCode::body_too_large || code == ErrorCode::http_version_not_supported;
}

void check_same(Reading const& whole, Reading const& cut) {
    require(whole.requests.size() == cut.requests.size(), "any cut gives as many requests");
    for (std::size_t i = 0; i < whole.requests.size(); ++i)
        require_same(whole.requests[i].text, cut.requests[i].text,
                     "any cut gives the same requests");
    require(whole.refusal.has_value() == cut.refusal.has_value(), "any cut is refused, or none is");
    if (!whole.refusal) return;
    require(is_of_reading(whole.refusal->code) && is_of_reading(cut.refusal->code),
            "a message is refused for how it is written");
}

std::size_t count(StrictRequest const& strict, std::string_view name) {
    return static_cast<std::size_t>(
        std::count_if(strict.fields.begin(), strict.fields.end(),
                      [name](auto const& field) { return field.first == name; }));
}

/// Fields of different names have no order among each other.
void check_fields(HttpHeader const& ours, StrictRequest const& strict) {
    using Fields = std::map<std::string, std::vector<std::string_view>>;
    Fields had;
    for (auto const& field : ours)
        had[to_lower(to_std(field.name_string()))].push_back(to_std(field.value()));
    Fields wanted;
    for (auto const& [name, value] : strict.fields)
        wanted[name].push_back(value);
    require(had == wanted, "the fields are the client's");
}

void check_strictly(Seen const& seen, std::string_view raw) {
    auto const strict = strict_request(raw);
    require(strict.has_value(),
            "what is accepted is well-formed, and could not be read in two ways");
    require(strict->ended && strict->size == raw.size(), "a request ends where RFC 9112 ends it");
    auto const& request = seen.request;
    require_same(to_std(request.method_string()), strict->method, "the method is the client's");
    auto const plain = decode_unreserved(strict->target);
    require_same(to_std(request.target()), plain ? *plain : strict->target,
                 "the target is the client's, its unreserved characters decoded");
    require(!decode_unreserved(to_std(request.target())), "there is nothing left to decode");
    require(static_cast<int>(request.version() % 10) == std::min(strict->minor, 1),
            "a later HTTP/1.x counts as 1.1");
    check_fields(request, *strict);
    require_same(request.body(), strict->body, "the body is what the client framed");
    require(request.body().size() <= kMaxBody, "a body is within its limit");
    require(strict->head_size <= kMaxHeader, "a head is within its limit");
    require(count(*strict, "host") == 1 || (strict->minor == 0 && count(*strict, "host") == 0),
            "there is one Host");
    require(!seen.expects_continue || strict->minor > 0, "HTTP/1.0 knows no 100 Continue");
}

}  // namespace

void run(std::string_view input) {
    auto const whole = read(input, Cut::whole);
    for (auto const& seen : whole.requests)
        check_strictly(seen, input.substr(seen.begin, seen.end - seen.begin));
    for (auto const cut : kCuts) {
        auto other = read(input, cut);
        // A head with a fault can be refused at once, or only once it has ended.
        if (whole.refusal && !other.refusal) other = read(input, cut, "\r\n\r\n");
        check_same(whole, other);
    }
}

}  // namespace tickcast::fuzz
