#include "feed/push/push_parser.hpp"

#include "feed/push/push_reader.hpp"

namespace tickcast {

Result<std::vector<PushTick>> parse_push_body(std::string_view body, PushFormat format) {
    PushReader reader{body, format};
    auto step = PushReader::Step::more;
    while (step == PushReader::Step::more)
        step = reader.step();
    if (step == PushReader::Step::failed) return reader.take_error();
    return reader.take_ticks();
}

}  // namespace tickcast
