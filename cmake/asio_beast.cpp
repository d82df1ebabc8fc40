#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>

#if defined(__SANITIZE_THREAD__)
/// OpenSSL counts references with atomics of its own, which are not instrumented: ThreadSanitizer
/// does not see that the last one to let go of a TLS context comes after all others, and takes its
/// end for a race. What OpenSSL does to memory by itself is left out; what we do with it is not.
extern "C" char const* __tsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
    return "called_from_lib:libcrypto.so\ncalled_from_lib:libssl.so\n";
}
#endif
