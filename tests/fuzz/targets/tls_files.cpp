// The files of --tls-cert and --tls-key: the input is both. A file is taken, or refused with one
// line; it is never taken after it was refused.
#include "transport/tls_files.hpp"

#include "fuzz/support/fuzz.hpp"
#include "fuzz/support/memory_file.hpp"
#include "tickcast/transport/tls_context.hpp"

#include <openssl/err.h>

#include <string>

namespace tickcast::fuzz {

namespace {

void check_text(std::string const& text) {
    require(!text.empty(), "a file is refused with a reason");
    for (char const c : text)
        require(static_cast<unsigned char>(c) >= 0x20, "a reason is one line");
}

}  // namespace

void run(std::string_view input) {
    static MemoryFile file;
    file.write(input);
    auto const key = read_key(file.path());
    if (!key) check_text(key.error());
    check_text(why_no_chain(file.path(), "no reason"));

    TlsContext context{file.path(), file.path()};
    auto const loaded = context.load();
    require(loaded || !context.new_session(), "there is no session without a certificate");
    require(!loaded || static_cast<bool>(key), "a certificate needs its key");
    require(!loaded || context.new_session() != nullptr, "with a certificate there are sessions");
    if (!loaded) {
        check_text(loaded.error().why);
        require(loaded.error().setting == "tls-cert" || loaded.error().setting == "tls-key",
                "a refusal names its setting");
    }
    require(ERR_peek_error() == 0, "no fault is left to be reported for another call");
}

}  // namespace tickcast::fuzz
