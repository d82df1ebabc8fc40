#include "tickcast/http/static_files.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace tickcast::test {
namespace {

TEST(ContentType, BySuffix_IsTheRegisteredOne) {
    for (auto const& [name, type] :
         {std::pair{"index.html", "text/html; charset=utf-8"},
          std::pair{"app/main.js", "text/javascript; charset=utf-8"},
          std::pair{"a.min.mjs", "text/javascript; charset=utf-8"},
          std::pair{"style.css", "text/css; charset=utf-8"},
          std::pair{"a.json", "application/json"}, std::pair{"a.js.map", "application/json"},
          std::pair{"docs/openapi.yaml", "application/yaml"},
          std::pair{"a.yml", "application/yaml"}, std::pair{"icon.svg", "image/svg+xml"},
          std::pair{"ICON.PNG", "image/png"}, std::pair{"favicon.ico", "image/vnd.microsoft.icon"},
          std::pair{"font.woff2", "font/woff2"},
          std::pair{"robots.txt", "text/plain; charset=utf-8"},
          std::pair{"README.md", "text/markdown; charset=utf-8"},
          std::pair{"site.webmanifest", "application/manifest+json"},
          std::pair{"vendor/LICENSE", "text/plain; charset=utf-8"},
          std::pair{"vendor.js/LICENSE", "text/plain; charset=utf-8"},
          std::pair{"a.exe", "application/octet-stream"},
          std::pair{"a.html~", "application/octet-stream"}}) {
        EXPECT_EQ(content_type_of(name), type) << name;
    }
}

class StaticFilesTest : public ::testing::Test {
protected:
    StaticFilesTest() {
        files_.add("index.html", "<p>root");
        files_.add("docs/index.html", "<p>docs");
        files_.add("docs/my index.html", "<p>my");
        files_.add("a b/\xC3\xA9/index.html", "<p>far");
        files_.add("app/a+b.js", std::string(10'000, 'x'));
    }
    std::string body_of(std::string_view path) const {
        auto const found = files_.find(path);
        return found.file == nullptr ? "none" : found.file->identity.body;
    }
    std::string location_of(std::string_view path) const {
        auto const found = files_.find(path);
        return found.location == nullptr ? "none" : *found.location;
    }
    StaticFiles files_;
};

TEST_F(StaticFilesTest, Find_ByPathFolderAndEncoding_GivesTheFile) {
    EXPECT_EQ(body_of("/"), "<p>root");
    EXPECT_EQ(body_of("/index.html"), "<p>root");
    EXPECT_EQ(body_of("/docs/"), "<p>docs");
    EXPECT_EQ(body_of("/docs/index.html"), "<p>docs");
    EXPECT_EQ(body_of("/docs/my%20index.html"), "<p>my");
    EXPECT_EQ(body_of("/%64ocs/"), "<p>docs");
    EXPECT_EQ(body_of("/a%20b/%c3%A9/"), "<p>far");
    EXPECT_EQ(body_of("/app/a+b.js"), std::string(10'000, 'x'));
}

TEST_F(StaticFilesTest, Find_OfAFolderWithIndexAndWithoutSlash_GivesItsLocation) {
    EXPECT_EQ(location_of("/docs"), "/docs/");
    EXPECT_EQ(location_of("/%64ocs"), "/docs/");
    EXPECT_EQ(location_of("/a%20b/%C3%A9"), "/a%20b/%C3%A9/");
    EXPECT_EQ(location_of("/docs/"), "none");
    EXPECT_EQ(location_of(""), "none");
}

TEST_F(StaticFilesTest, Find_OfAnythingElse_GivesNothing) {
    for (std::string_view path : {"",
                                  "index.html",
                                  "//",
                                  "//index.html",
                                  "/docs//",
                                  "/docs//index.html",
                                  "/app",
                                  "/app/",
                                  "/docs/my",
                                  "/.",
                                  "/..",
                                  "/./index.html",
                                  "/docs/../index.html",
                                  "/docs/..",
                                  "/%2e%2e/index.html",
                                  "/docs/%2e%2e/index.html",
                                  "/docs%2findex.html",
                                  "/docs%2F",
                                  "/%2f",
                                  "/%2Findex.html",
                                  "/docs%5c",
                                  "/index.html%00",
                                  "/index.html%",
                                  "/index.html%2",
                                  "/%zzindex.html",
                                  "/index%252ehtml",
                                  "/INDEX.html",
                                  "/index.html/",
                                  "/docs/index",
                                  "/my_index.html",
                                  "/app/a%20b.js"}) {
        EXPECT_FALSE(files_.find(path)) << path;
    }
    EXPECT_FALSE(files_.find(std::string_view{"/index.html\0", 12}));
    EXPECT_FALSE(StaticFiles{}.find("/"));
}

TEST_F(StaticFilesTest, Gzip_IsThereWhereItIsSmaller) {
    auto const* large = files_.find("/app/a+b.js").file;
    ASSERT_TRUE(large->gzip.has_value());
    EXPECT_LT(large->gzip->body.size(), 100U);
    EXPECT_FALSE(files_.find("/").file->gzip.has_value());
    files_.add("empty.txt", "");
    EXPECT_FALSE(files_.find("/empty.txt").file->gzip.has_value());
}

TEST_F(StaticFilesTest, Bytes_CountAllBodies) {
    auto const before = files_.bytes();
    files_.add("more.txt", std::string(5'000, 'y'));
    auto const* more = files_.find("/more.txt").file;
    EXPECT_EQ(files_.bytes() - before, 5'000 + more->gzip->body.size());
    EXPECT_EQ(files_.size(), 6U);
}

TEST_F(StaticFilesTest, Etag_IsOfTheBytesAlone) {
    files_.add("other.js", std::string(10'000, 'x'));
    files_.add("changed.js", std::string(9'999, 'x') + 'y');
    auto const* one = files_.find("/app/a+b.js").file;
    auto const* same = files_.find("/other.js").file;
    auto const* changed = files_.find("/changed.js").file;
    EXPECT_EQ(one->identity.etag, same->identity.etag);
    EXPECT_EQ(one->gzip->etag, same->gzip->etag);
    EXPECT_NE(one->identity.etag, one->gzip->etag);
    EXPECT_NE(one->identity.etag, changed->identity.etag);
    EXPECT_NE(one->gzip->etag, changed->gzip->etag);
    EXPECT_EQ(one->identity.etag.size(), 34U);
    EXPECT_EQ(one->identity.etag.front(), '"');
    EXPECT_EQ(one->identity.etag.back(), '"');
}

/// A move, like the one into the application at start, leaves the bodies at their addresses.
TEST_F(StaticFilesTest, Move_KeepsTheBodies) {
    auto const* before = files_.find("/").file;
    auto const moved = std::move(files_);
    EXPECT_EQ(moved.find("/").file, before);
    EXPECT_EQ(moved.find("/docs/").file->identity.body, "<p>docs");
}

}  // namespace
}  // namespace tickcast::test
