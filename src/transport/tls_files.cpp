#include "transport/tls_files.hpp"

#include "tickcast/base/read_file.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <cstddef>
#include <string_view>

namespace tickcast {
namespace {

/// More than any chain has; the rest of a file is not read.
constexpr std::size_t kMostRead = 1 << 20;

using BioPtr = std::unique_ptr<BIO, int (*)(BIO*)>;

BioPtr memory_of(std::string_view content) {
    return {BIO_new_mem_buf(content.data(), static_cast<int>(content.size())), BIO_free};
}

bool is_certificate_in_der(std::string_view content) {
    std::unique_ptr<X509, void (*)(X509*)> const found{
        d2i_X509_bio(memory_of(content).get(), nullptr), X509_free};
    return found != nullptr;
}

bool is_key_in_der(std::string_view content) {
    return KeyPtr{d2i_PrivateKey_bio(memory_of(content).get(), nullptr)} != nullptr;
}

bool has_block(std::string_view content, std::string_view name) {
    return content.find("-----BEGIN " + std::string{name} + "-----") != std::string_view::npos;
}

bool has_certificate(std::string_view content) {
    return has_block(content, "CERTIFICATE") || has_block(content, "TRUSTED CERTIFICATE") ||
           has_block(content, "X509 CERTIFICATE");
}

bool has_encrypted_key(std::string_view content) {
    return has_block(content, "ENCRYPTED PRIVATE KEY") ||
           content.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos;
}

bool has_key(std::string_view content) {
    return content.find("PRIVATE KEY-----") != std::string_view::npos;
}

/// What the content is, if it is no certificate and no key that we can use; empty = unknown.
std::string_view other_content(std::string_view content) {
    if (content.empty()) return "is empty";
    if (is_certificate_in_der(content)) return "holds a certificate in DER, not in PEM";
    if (is_key_in_der(content)) return "holds a private key in DER, not in PEM";
    struct Block {
        std::string_view name;
        std::string_view what;
    };
    static constexpr std::array kBlocks{
        Block{"CERTIFICATE REQUEST", "holds a certificate request, which is still to be signed"},
        Block{"NEW CERTIFICATE REQUEST",
              "holds a certificate request, which is still to be signed"},
        Block{"OPENSSH PRIVATE KEY", "holds a key in the format of OpenSSH, not in PEM of TLS"},
        Block{"PUBLIC KEY", "holds a public key"},
        Block{"RSA PUBLIC KEY", "holds a public key"},
        Block{"PKCS7", "holds PKCS #7, not in PEM of certificates"},
        Block{"EC PARAMETERS", "holds parameters of a key alone"},
        Block{"DH PARAMETERS", "holds parameters of a key alone"},
    };
    for (auto const& block : kBlocks) {
        if (has_block(content, block.name)) return block.what;
    }
    return {};
}

/// The key's type as people name it: EC with its curve, since for TLS another curve is another
/// type.
std::string type_of(EVP_PKEY const* key) {
    switch (EVP_PKEY_base_id(key)) {
        case EVP_PKEY_RSA:
            return "RSA";
        case EVP_PKEY_RSA_PSS:
            return "RSA-PSS";
        case EVP_PKEY_DSA:
            return "DSA";
        case EVP_PKEY_ED25519:
            return "Ed25519";
        case EVP_PKEY_ED448:
            return "Ed448";
        case EVP_PKEY_EC: {
            std::array<char, 64> curve{};
            std::size_t size = 0;
            if (EVP_PKEY_get_group_name(key, curve.data(), curve.size(), &size) != 1) return "EC";
            return "EC (" + std::string{curve.data(), size} + ")";
        }
        default: {
            auto const* name = OBJ_nid2sn(EVP_PKEY_base_id(key));
            return name != nullptr ? name : "unknown";
        }
    }
}

}  // namespace

int no_pass_phrase(char*, int, int, void*) {
    return -1;
}

std::string openssl_reason() {
    auto const code = ERR_peek_error();
    auto const* text = ERR_reason_error_string(code);
    ERR_clear_error();
    return text != nullptr ? text : "unknown error";
}

Result<KeyPtr, std::string> read_key(std::string const& file) {
    auto const content = read_file(file, kMostRead);
    if (!content) return content.error().message();
    KeyPtr key{
        PEM_read_bio_PrivateKey(memory_of(*content).get(), nullptr, &no_pass_phrase, nullptr)};
    if (key) return key;
    auto const reason = openssl_reason();
    if (has_encrypted_key(*content)) {
        return std::string{
            "holds a key that is encrypted with a pass phrase; one without is needed"};
    }
    auto const other = other_content(*content);
    ERR_clear_error();  // errors of the attempts to read it
    if (!other.empty()) return "not a PEM private key: it " + std::string{other};
    if (has_certificate(*content) && !has_key(*content)) {
        return std::string{"not a PEM private key: it holds a certificate"};
    }
    return "not a PEM key without a pass phrase: " + reason;
}

std::string why_no_chain(std::string const& file, std::string const& reason) {
    auto const read = read_file(file, kMostRead);
    if (!read) return read.error().message();
    auto const& content = *read;
    auto const other = other_content(content);
    ERR_clear_error();
    auto const wrong = std::string{"not a PEM certificate chain: "};
    if (!other.empty()) return wrong + "it " + std::string{other};
    if (has_key(content) && !has_certificate(content)) return wrong + "it holds a private key";
    return wrong + reason;
}

Result<void, std::string> check_pair(EVP_PKEY const* of_certificate, EVP_PKEY const* key) {
    bool const same = EVP_PKEY_eq(of_certificate, key) == 1;
    ERR_clear_error();
    if (same) return {};
    auto const wanted = type_of(of_certificate);
    auto const given = type_of(key);
    if (wanted != given) {
        return "is a key of another type than its certificate: " + given +
               ", where the certificate of --tls-cert has " + wanted;
    }
    return "does not match the certificate of --tls-cert: it belongs to another key of the same "
           "type, " +
           wanted;
}

}  // namespace tickcast
