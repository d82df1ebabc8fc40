// Answers with the web page's files. Pure functions.
#pragma once

#include "tickcast/http/http_types.hpp"
#include "tickcast/http/static_files.hpp"

namespace tickcast {

/// To a GET or HEAD: 200, 304, 412, or 308 to the folder. The body stays where `target` has it.
Answer static_answer(StaticTarget const& target, HttpHeader const& header);

}  // namespace tickcast
