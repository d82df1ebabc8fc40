#include "tickcast/http/static_routes.hpp"

#include "tickcast/http/fields.hpp"
#include "tickcast/http/negotiation.hpp"
#include "tickcast/http/target.hpp"

namespace tickcast {

namespace {

/// No inline code and nothing from other hosts: a script that gets into the page by a mistake of
/// ours does not run. WebSockets to every host: a user can make the page use another server.
constexpr char kContentSecurityPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self' ws: wss:; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

HttpResponse bare_response(http::status status) {
    HttpResponse response{status, 11};
    // File names contain no hash, so a browser must ask at every use; mostly the answer is 304.
    response.set(http::field::cache_control, "no-cache");
    response.set("Content-Security-Policy", kContentSecurityPolicy);
    response.set("Referrer-Policy", "no-referrer");
    response.set("X-Content-Type-Options", "nosniff");
    return response;
}

HttpResponse redirect(std::string const& location, HttpHeader const& header) {
    auto response = bare_response(http::status::permanent_redirect);
    auto const query = split_target(to_std(header.target())).query;
    response.set(http::field::location,
                 query.empty() ? location : location + '?' + std::string{query});
    return response;
}

}  // namespace

Answer static_answer(StaticTarget const& target, HttpHeader const& header) {
    Answer answer;
    if (target.file == nullptr) {
        answer.response = redirect(*target.location, header);
        return answer;
    }
    auto const& file = *target.file;
    bool const compressed = file.gzip && prefers_gzip(header);
    auto const& chosen = compressed ? *file.gzip : file.identity;
    auto const precondition = check_precondition(header, chosen.etag);

    auto& response = answer.response;
    response =
        bare_response(precondition == Precondition::failed ? http::status::precondition_failed
                      : precondition == Precondition::not_modified ? http::status::not_modified
                                                                   : http::status::ok);
    response.set(http::field::etag, chosen.etag);
    response.set(http::field::vary, "Accept-Encoding");
    if (precondition != Precondition::none) return answer;
    response.set(http::field::content_type, file.content_type);
    if (compressed) response.set(http::field::content_encoding, "gzip");
    answer.shared_body = chosen.body;
    return answer;
}

}  // namespace tickcast
