#include "tickcast/feed/push_parser.hpp"

#include "feed/push_handler.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace tickcast {
namespace {

constexpr std::string_view kJsonSpace = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_blank(std::string_view text) noexcept {
    return text.find_first_not_of(kJsonSpace) == std::string_view::npos;
}

/// One JSON text; its ticks are put behind the handler's. False: the handler has the error.
bool parse_document(std::string_view text, PushHandler& handler) {
    // nlohmann's lexer skips a byte order mark, and takes a NUL for the text's end.
    if (text.starts_with(kByteOrderMark)) return handler.malformed("begins with a byte order mark");
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &handler)) return false;
    if (text.find('\0') != std::string_view::npos) return handler.malformed("a NUL character");
    return true;
}

}  // namespace

Result<std::vector<PushTick>> parse_push_body(std::string_view body, PushFormat format) {
    PushHandler handler{format};
    if (format == PushFormat::array) {
        if (!is_blank(body) && !parse_document(body, handler)) return handler.take_error();
        return handler.take_ticks();
    }
    for (std::uint64_t line = 1; !body.empty(); ++line) {
        auto const end = std::min(body.find('\n'), body.size());
        auto const text = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (is_blank(text)) continue;
        handler.begin_line(line);
        if (!parse_document(text, handler)) return handler.take_error();
    }
    return handler.take_ticks();
}

}  // namespace tickcast
