#include "tickcast/http/static_files.hpp"

#include "http/compress.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/target.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <new>
#include <utility>

namespace tickcast {

namespace {

struct Kind {
    std::string_view suffix;
    std::string_view content_type;
};

/// IANA's media types; `charset` where a type has that parameter.
constexpr std::array<Kind, 16> kKinds{{
    {"html", "text/html; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"json", "application/json"},
    {"map", "application/json"},
    {"yaml", "application/yaml"},
    {"yml", "application/yaml"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"ico", "image/vnd.microsoft.icon"},
    {"woff2", "font/woff2"},
    {"txt", "text/plain; charset=utf-8"},
    {"md", "text/markdown; charset=utf-8"},
    {"webmanifest", "application/manifest+json"},
    {"", "text/plain; charset=utf-8"},
}};

/// 128 bits of SHA-256: equal tags mean equal bytes, even for files that an attacker made.
constexpr std::size_t kTagBytes = 16;

std::string etag_of(std::string_view body) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (EVP_Digest(body.data(), body.size(), digest, nullptr, EVP_sha256(), nullptr) != 1) {
        throw std::bad_alloc{};
    }
    std::string tag{"\""};
    for (std::size_t i = 0; i < kTagBytes; ++i) {
        char hex[3];
        std::snprintf(hex, sizeof hex, "%02x", unsigned{digest[i]});
        tag += hex;
    }
    return tag + '"';
}

Representation represent(std::string body) {
    auto etag = etag_of(body);
    return {std::move(body), std::move(etag)};
}

/// Encodes all characters except RFC 3986's unreserved ones and '/'.
std::string percent_encode(std::string_view path) {
    std::string encoded;
    for (char const c : path) {
        if (is_unreserved(c) || c == '/') {
            encoded += c;
            continue;
        }
        char text[4];
        std::snprintf(text, sizeof text, "%%%02X", unsigned{static_cast<unsigned char>(c)});
        encoded += text;
    }
    return encoded;
}

}  // namespace

std::string_view content_type_of(std::string_view name) {
    name.remove_prefix(name.rfind('/') + 1);  // npos + 1 is 0
    auto const dot = name.rfind('.');
    auto const suffix =
        to_lower(dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1));
    auto const* const kind = std::find_if(
        kKinds.begin(), kKinds.end(), [&suffix](Kind const& one) { return one.suffix == suffix; });
    return kind == kKinds.end() ? "application/octet-stream" : kind->content_type;
}

void StaticFiles::add(std::string const& path, std::string body) {
    auto& file = files_.emplace_back();
    file.content_type = content_type_of(path);
    if (auto compressed = gzip(body); compressed.size() < body.size()) {
        file.gzip = represent(std::move(compressed));
        bytes_ += file.gzip->body.size();
    }
    file.identity = represent(std::move(body));
    bytes_ += file.identity.body.size();

    auto const full = '/' + path;
    by_path_.insert_or_assign(full, &file);
    constexpr std::string_view kIndex = "/index.html";
    if (!full.ends_with(kIndex)) return;
    auto const folder = full.substr(0, full.size() - kIndex.size());
    by_path_.insert_or_assign(folder + '/', &file);
    if (!folder.empty()) locations_.insert_or_assign(folder, percent_encode(folder + '/'));
}

StaticTarget StaticFiles::find(std::string_view path) const {
    if (path.find('%') == std::string_view::npos) return find_decoded(path);
    auto const decoded = percent_decode(path);
    if (!decoded) return {};
    // An encoded slash must not count as a slash: a proxy before us could see another path than we
    // do.
    if (std::count(decoded->begin(), decoded->end(), '/') !=
        std::count(path.begin(), path.end(), '/')) {
        return {};
    }
    return find_decoded(*decoded);
}

StaticTarget StaticFiles::find_decoded(std::string_view path) const {
    if (auto const file = by_path_.find(path); file != by_path_.end()) {
        return {.file = file->second};
    }
    auto const folder = locations_.find(path);
    return {.location = folder == locations_.end() ? nullptr : &folder->second};
}

}  // namespace tickcast
