// libFuzzer's entries. Log lines about wrong input would only cost time.
#include "fuzz/support/fuzz.hpp"
#include "tickcast/base/logging.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    tickcast::set_log_level("error");
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    tickcast::fuzz::run({reinterpret_cast<char const*>(bytes), size});
    return 0;
}
