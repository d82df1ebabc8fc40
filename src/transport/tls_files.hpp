// What the files of --tls-cert and --tls-key hold, and in one line what is wrong with it. Values;
// used at the start and on SIGHUP.
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

/// OpenSSL's callback: a server has nobody to type a pass phrase.
int no_pass_phrase(char*, int, int, void*);

/// What OpenSSL said first, the innermost reason; its queue is empty then.
std::string openssl_reason();

/// The first private key of a PEM file, or why there is none.
Result<KeyPtr, std::string> read_key(std::string const& file);

/// Why OpenSSL took no certificate chain from the file, for the `reason` that it gave.
std::string why_no_chain(std::string const& file, std::string const& reason);

/// Why this key is not the certificate's; empty = it is.
std::string why_no_pair(EVP_PKEY const* of_certificate, EVP_PKEY const* key);

}  // namespace tickcast
