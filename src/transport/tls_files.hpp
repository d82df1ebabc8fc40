// Reads the files of --tls-cert and --tls-key, and explains in one line what is wrong with them.
// Functions; used at start-up and on SIGHUP, on the control thread.
#pragma once

#include "tickcast/base/result.hpp"

#include <openssl/evp.h>

#include <memory>
#include <string>

namespace tickcast {

struct FreeKey {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeKey>;

/// OpenSSL's callback for a pass phrase: fails, since nobody could type one.
int no_pass_phrase(char*, int, int, void*);

/// The first error of OpenSSL, which is the innermost reason; empties OpenSSL's queue.
std::string openssl_reason();

/// The first private key of a PEM file, or why there is none.
Result<KeyPtr, std::string> read_key(std::string const& file);

/// Why OpenSSL read no certificate chain from the file; `reason` is OpenSSL's own text.
std::string why_no_chain(std::string const& file, std::string const& reason);

/// The error says why the key does not belong to the certificate.
Result<void, std::string> check_pair(EVP_PKEY const* of_certificate, EVP_PKEY const* key);

}  // namespace tickcast
