#include "http/request_reader.hpp"

#include "http/message_check.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tickcast::test {
namespace {

using Progress = RequestReader::Progress;

class RequestReaderTest : public testing::Test {
protected:
    static constexpr std::size_t kHeaderLimit = 200;

    void receive(std::string_view bytes) {
        auto const room = reader_.prepare(bytes.size());
        reader_.commit(asio::buffer_copy(room, asio::buffer(bytes)));
    }
    /// Reads a whole request, and expects this target and this body.
    void expect_request(std::string const& target, std::string const& body) {
        ASSERT_TRUE(reader_.has_next());
        reader_.begin();
        ASSERT_EQ(*reader_.read_header(), Progress::done);
        EXPECT_EQ(reader_.request().target(), target);
        auto progress = reader_.begin_body(10);
        ASSERT_TRUE(progress);
        if (*progress == Progress::unfinished) progress = reader_.read_body();
        ASSERT_TRUE(progress);
        EXPECT_EQ(*progress, Progress::done);
        EXPECT_EQ(reader_.request().body(), body);
    }
    Error header_error(std::string_view bytes) {
        receive(bytes);
        EXPECT_TRUE(reader_.has_next());
        reader_.begin();
        auto const progress = reader_.read_header();
        EXPECT_FALSE(progress);
        return progress ? Error{} : progress.error();
    }

    RequestReader reader_{kHeaderLimit};
};

TEST_F(RequestReaderTest, SeveralRequestsInOnePiece_AreTakenOneBehindTheOther) {
    receive(
        "\r\n\r\nGET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
        "POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab\r\n"
        "POST /3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\r\nrest");
    expect_request("/1", "");
    expect_request("/2", "ab");
    expect_request("/3", "c");
    EXPECT_EQ(reader_.unread(), "rest");
}

TEST_F(RequestReaderTest, ARequestInSingleBytes_IsUnfinishedUntilItsLast) {
    std::string const head{"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n"};
    receive(head.substr(0, 1));
    ASSERT_TRUE(reader_.has_next());
    reader_.begin();
    EXPECT_EQ(*reader_.read_header(), Progress::unfinished);
    EXPECT_EQ(reader_.header(), nullptr) << "not even the request line";
    for (std::size_t i = 1; i < head.size(); ++i) {
        receive(head.substr(i, 1));
        ASSERT_EQ(*reader_.read_header(),
                  i + 1 == head.size() ? Progress::done : Progress::unfinished);
    }
    ASSERT_NE(reader_.header(), nullptr);
    EXPECT_TRUE(reader_.has_body());
    EXPECT_EQ(*reader_.begin_body(2), Progress::unfinished);
    EXPECT_EQ(*reader_.read_body(), Progress::unfinished);
    receive("a");
    EXPECT_EQ(*reader_.read_body(), Progress::unfinished);
    receive("b");
    EXPECT_EQ(*reader_.read_body(), Progress::done);
    EXPECT_EQ(reader_.request().body(), "ab");
}

TEST_F(RequestReaderTest, EmptyLinesAlone_AreNoRequest) {
    receive("\r\n\r\n");
    EXPECT_FALSE(reader_.has_next());
    EXPECT_EQ(reader_.unread(), "");
}

/// RFC 9112 section 2.2: a bare CR is no empty line, however the bytes come.
TEST_F(RequestReaderTest, ABareCrBeforeARequest_MakesItMalformed) {
    receive("\r\n\r");
    EXPECT_FALSE(reader_.has_next()) << "it might become an empty line";
    EXPECT_EQ(header_error("GET / HTTP/1.1\r\nHost: x\r\n\r\n").code, ErrorCode::bad_request);
    reader_.discard();
    receive("\r");
    EXPECT_FALSE(reader_.has_next());
    receive("\n");
    EXPECT_FALSE(reader_.has_next());
    EXPECT_EQ(reader_.unread(), "");
}

/// RFC 9112 section 9.3.
TEST_F(RequestReaderTest, KeepAlive_FollowsVersionAndConnection) {
    auto const kept = [this](std::string const& version, std::string const& fields) {
        receive("GET / HTTP/" + version + "\r\nHost: x\r\n" + fields + "\r\n");
        EXPECT_TRUE(reader_.has_next());
        reader_.begin();
        EXPECT_EQ(*reader_.read_header(), Progress::done);
        return reader_.keep_alive();
    };
    EXPECT_TRUE(kept("1.1", ""));
    EXPECT_TRUE(kept("1.1", "Proxy-Connection: close\r\n"));
    EXPECT_TRUE(kept("1.1", "Connection: closed\r\n"));
    EXPECT_FALSE(kept("1.1", "Connection: x, Close\r\n"));
    EXPECT_FALSE(kept("1.0", ""));
    EXPECT_FALSE(kept("1.0", "Proxy-Connection: keep-alive\r\n"));
    EXPECT_TRUE(kept("1.0", "Connection: Keep-Alive\r\n"));
    EXPECT_FALSE(kept("1.0", "Connection: keep-alive, close\r\n"));
    EXPECT_FALSE(kept("1.0", "Connection: close\r\nConnection: keep-alive\r\n"));
}

TEST_F(RequestReaderTest, Targets_OfNoForm_AreRefused) {
    for (auto const* line : {"GET /a#b", "GET /\xc3\xa9", "CONNECT /a", "CONNECT a", "GET a:80"}) {
        EXPECT_EQ(header_error(std::string{line} + " HTTP/1.1\r\nHost: x\r\n\r\n").code,
                  ErrorCode::bad_request)
            << line;
        reader_.discard();
    }
}

TEST_F(RequestReaderTest, TheTarget_HasItsUnreservedCharactersDecoded) {
    receive("GET /%61/%2F?%61 HTTP/1.1\r\nHost: x\r\n\r\n");
    expect_request("/a/%2F?%61", "");
}

TEST_F(RequestReaderTest, ALaterMinorVersion_IsTakenAs11) {
    receive("GET /a HTTP/1.7\r\nHost: x\r\n\r\n");
    expect_request("/a", "");
    EXPECT_EQ(reader_.request().version(), 11U);
}

TEST_F(RequestReaderTest, WrongHeaders_HaveTheirCode) {
    EXPECT_EQ(header_error("GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n").code,
              ErrorCode::bad_request);
    reader_.discard();
    EXPECT_EQ(header_error("GET / HTTP/2.0\r\nHost: x\r\n\r\n").code,
              ErrorCode::http_version_not_supported);
    reader_.discard();
    EXPECT_EQ(header_error("GET / HTTP/1.1\r\n\r\n").detail, "no Host");
}

TEST_F(RequestReaderTest, AHeaderAtTheLimit_IsReadAndAboveItIsTooLarge) {
    std::string const begin{"GET / HTTP/1.1\r\nHost: x\r\nA: "};
    auto const header = [&begin](std::size_t size) {
        return begin + std::string(size - begin.size() - 4, 'x') + "\r\n\r\n";
    };
    receive(header(kHeaderLimit));
    expect_request("/", "");
    auto const error = header_error(header(kHeaderLimit + 1));
    EXPECT_EQ(error.code, ErrorCode::headers_too_large);
    EXPECT_EQ(error.limit, kHeaderLimit);
    reader_.discard();
    EXPECT_EQ(header_error(std::string(kHeaderLimit + 1, 'G')).code, ErrorCode::headers_too_large)
        << "no end of the method";
    reader_.discard();
    EXPECT_EQ(header_error("GET /" + std::string(kHeaderLimit, 'x')).code,
              ErrorCode::headers_too_large)
        << "unfinished";
}

TEST_F(RequestReaderTest, ABodyAboveItsLimit_IsTooLarge) {
    receive("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n");
    ASSERT_TRUE(reader_.has_next());
    reader_.begin();
    ASSERT_EQ(*reader_.read_header(), Progress::done);
    EXPECT_EQ(*reader_.begin_body(11), Progress::unfinished);
    auto const announced = reader_.begin_body(10);
    ASSERT_FALSE(announced);
    EXPECT_EQ(announced.error().code, ErrorCode::body_too_large);
    EXPECT_EQ(announced.error().limit, 10U);
    reader_.discard();

    receive("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n");
    ASSERT_TRUE(reader_.has_next());
    reader_.begin();
    ASSERT_EQ(*reader_.read_header(), Progress::done);
    ASSERT_EQ(*reader_.begin_body(10), Progress::unfinished);
    auto const came = reader_.read_body();
    ASSERT_FALSE(came);
    EXPECT_EQ(came.error().code, ErrorCode::body_too_large);
}

TEST_F(RequestReaderTest, Continue_IsExpectedFrom11On) {
    for (auto const& [version, expected] : {std::pair{"1.0", false}, {"1.1", true}}) {
        receive(std::string{"POST / HTTP/"} + version +
                "\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-Continue\r\n\r\n");
        ASSERT_TRUE(reader_.has_next());
        reader_.begin();
        ASSERT_EQ(*reader_.read_header(), Progress::done);
        EXPECT_EQ(reader_.expects_continue(), expected) << version;
        reader_.discard();
    }
}

// The head's last CRLF can come with a body whose lines begin with blanks.
TEST(FoldedLine, WhenOnlyTheEmptyLineIsLeftOfTheHead_IsNotLookedForInTheBody) {
    EXPECT_FALSE(has_folded_line("\r\n{\n  \"tickers\": []\n}"));
    EXPECT_TRUE(has_folded_line("A: b\r\n c\r\n\r\n"));
}

}  // namespace
}  // namespace tickcast::test
