// Answers with the web page's files. A pure function; any thread.
#pragma once

#include "tickcast/http/http_types.hpp"
#include "tickcast/http/static_files.hpp"

namespace tickcast {

/// The answer to a GET or HEAD: 200, 304, 412, or 308 to the folder. The body is not copied: the
/// answer refers to the body of `target`.
Answer static_answer(StaticTarget const& target, HttpHeader const& header);

}  // namespace tickcast
