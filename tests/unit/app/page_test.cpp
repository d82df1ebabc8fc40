#include "app/page.hpp"

#include "support/scratch_directory.hpp"
#include "tickcast/app/startup_error.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>

namespace tickcast::test {
namespace {

using ::testing::HasSubstr;

class PageTest : public ::testing::Test {
protected:
    PageTest() {
        std::filesystem::create_directory(root_);
        sources_.set("web-root", {"the command line"});
    }
    void write(std::string const& name, std::string const& text = "x") {
        auto const path = root_ / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream{path, std::ios::binary} << text;
    }
    void link(std::string const& name, std::filesystem::path const& to) {
        std::filesystem::create_symlink(to, root_ / name);
    }
    Page load(PageLimits limits = {}) { return *load_page(root_.string(), sources_, limits); }
    std::string refusal(PageLimits limits = {}) {
        try {
            load_page(root_.string(), sources_, limits);
        } catch (StartupError const& error) {
            EXPECT_EQ(error.status(), 2);
            EXPECT_THAT(error.what(), HasSubstr("--web-root: \"" + root_.string() + '"'));
            EXPECT_THAT(error.what(), HasSubstr("(from the command line)"));
            return error.what();
        }
        return "none";
    }
    static std::string body_of(Page const& page, std::string_view path) {
        auto const found = page.files.find(path);
        return found.file == nullptr ? "none" : found.file->identity.body;
    }

    ScratchDirectory const scratch_;
    std::filesystem::path const root_{scratch_.path() / "root"};
    SettingSources sources_;
};

TEST_F(PageTest, WithoutASetting_IsNone) {
    EXPECT_FALSE(load_page("", sources_).has_value());
}

TEST_F(PageTest, WithFiles_HasEachByItsPath) {
    write("index.html", "<p>");
    write("app/deep/a.js", std::string(200'000, 'a'));
    write("b\"\\ c.txt", std::string{"\0\xFF", 2});
    write("empty.css", "");
    auto const page = load();
    EXPECT_EQ(page.files.size(), 4U);
    EXPECT_EQ(page.bytes, 200'005U);
    EXPECT_EQ(body_of(page, "/"), "<p>");
    EXPECT_EQ(body_of(page, "/app/deep/a.js"), std::string(200'000, 'a'));
    EXPECT_EQ(body_of(page, "/b%22%5C%20c.txt"), (std::string{"\0\xFF", 2}));
    EXPECT_EQ(body_of(page, "/empty.css"), "");
    EXPECT_TRUE(page.left_out.empty());
}

TEST_F(PageTest, WhenTheFolderIsALinkOrEndsInASlash_IsRead) {
    write("index.html", "<p>");
    auto const current = scratch_.path() / "current";
    std::filesystem::create_symlink(root_, current);
    for (auto const& root : {current.string(), root_.string() + "/", root_.string() + "/../root"}) {
        auto const page = load_page(root, sources_);
        EXPECT_EQ(body_of(*page, "/"), "<p>") << root;
        EXPECT_EQ(page->left_out.size(), 0U) << root;
    }
}

TEST_F(PageTest, WhenTheFolderItselfIsHidden_IsStillRead) {
    write("index.html", "<p>");
    auto const hidden = scratch_.path() / ".releases";
    std::filesystem::create_directory(hidden);
    std::filesystem::rename(root_, hidden / ".1");
    auto const page = load_page((hidden / ".1").string(), sources_);
    EXPECT_EQ(body_of(*page, "/"), "<p>");
}

TEST_F(PageTest, WithHiddenNames_LeavesThemOut) {
    write("index.html");
    write(".env", "secret");
    write(".git/config", "secret");
    write("app/.hidden/a.js", "secret");
    auto const page = load();
    EXPECT_EQ(page.files.size(), 1U);
    EXPECT_EQ(body_of(page, "/.env"), "none");
    EXPECT_EQ(body_of(page, "/.git/config"), "none");
    EXPECT_EQ(body_of(page, "/app/.hidden/a.js"), "none");
    EXPECT_EQ(page.left_out.size(), 3U);
}

TEST_F(PageTest, WithLinks_FollowsThoseToFilesWithinTheFolder) {
    write("index.html", "<p>");
    write("app/a.js", "a");
    std::filesystem::create_directory(scratch_.path() / "root-beside");
    std::ofstream{scratch_.path() / "root-beside/secret.txt"} << "secret";
    link("inside.js", "app/a.js");
    link("twice.js", "inside.js");
    link("absolute.js", root_ / "app/a.js");
    link("passwd", "/etc/passwd");
    link("beside.txt", "../root-beside/secret.txt");
    link("up", "..");
    link("folder", "app");
    link("nowhere", "nothing");
    link("loop", "loop");
    auto const page = load();
    for (auto const* path : {"/inside.js", "/twice.js", "/absolute.js"})
        EXPECT_EQ(body_of(page, path), "a") << path;
    EXPECT_EQ(page.files.size(), 5U);
    EXPECT_EQ(page.left_out.size(), 6U);
    EXPECT_THAT(page.left_out,
                ::testing::Contains("file=\"beside.txt\" why=\"a link out of the folder\""));
}

TEST_F(PageTest, WithPipesAndTheApisFolder_LeavesThemOut) {
    write("index.html");
    write("v1/tickers", "forged");
    ASSERT_EQ(mkfifo((root_ / "pipe").c_str(), 0600), 0);
    auto const page = load();
    EXPECT_EQ(page.files.size(), 1U);
    EXPECT_THAT(page.left_out,
                ::testing::UnorderedElementsAre("file=\"pipe\" why=\"not a regular file\"",
                                                "file=\"v1\" why=\"the API's\""));
}

TEST_F(PageTest, WithoutIndexOrFolder_IsRefused) {
    write("app/index.html");
    EXPECT_THAT(refusal(), HasSubstr("has no index.html"));
    std::filesystem::remove_all(root_);
    EXPECT_THAT(refusal(), HasSubstr("No such file or directory"));
    std::ofstream{root_} << "a file";
    EXPECT_THAT(refusal(), HasSubstr("is not a directory"));
}

TEST_F(PageTest, Files_BelowAtAndAboveTheLimit) {
    write("index.html");
    PageLimits const limits{.max_files = 3};
    write("2");
    EXPECT_EQ(load(limits).files.size(), 2U);
    write("3");
    write(".hidden");
    EXPECT_EQ(load(limits).files.size(), 3U);
    write("4");
    EXPECT_THAT(refusal(limits), HasSubstr("holds more than 3 files"));
}

TEST_F(PageTest, Bytes_BelowAtAndAboveTheLimit) {
    PageLimits const limits{.max_bytes = 100'000};
    write("index.html", std::string(50'000, 'a'));
    write("b", std::string(49'999, 'b'));
    EXPECT_EQ(load(limits).bytes, 99'999U);
    write("b", std::string(50'000, 'b'));
    EXPECT_EQ(load(limits).bytes, 100'000U);
    write("b", std::string(50'001, 'b'));
    EXPECT_THAT(refusal(limits), HasSubstr("holds more than 100000 bytes"));
}

}  // namespace
}  // namespace tickcast::test
