#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>

#if defined(__SANITIZE_THREAD__)
/// OpenSSL counts references with atomics of its own, which are not instrumented: ThreadSanitizer
/// does not see that the last release of a TLS context comes after all others, and reports the
/// context's destruction as a race. So accesses within OpenSSL are left out; our own accesses are
/// not.
extern "C" char const* __tsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
    return "called_from_lib:libcrypto.so\ncalled_from_lib:libssl.so\n";
}
#endif
