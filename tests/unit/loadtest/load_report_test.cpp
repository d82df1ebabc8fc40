#include "generator/report.hpp"
#include "generator/svg_plot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace tickcast::load {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Report good() {
    Report report{.settings = {}, .began = "2026-01-02T03:04:05Z", .seconds = 2};
    report.settings.users = 2;
    report.settings.target = "http://<b>\"&";
    report.tally.begun = report.tally.created = report.tally.streams = 2;
    report.tally.ticks = 3;
    report.tally.jumped = 1;
    for (std::uint64_t const us : {100U, 200U, 3'000U}) {
        report.tally.quote.add(us);
        report.tally.snapshot.add(us);
    }
    report.rows = {{.at = 1, .wanted = 2, .open = 2, .streaming = 1, .ticks = 1},
                   {.at = 2, .wanted = 2, .open = 2, .streaming = 2, .ticks = 2, .jumped = 1}};
    report.most_streaming = 2;
    return report;
}

TEST(LoadTally, EveryFault_IsOne) {
    auto const tally = good().tally;
    EXPECT_THAT(faults(tally), ::testing::IsEmpty());
    auto const one_fault = [&](auto const& spoil) {
        auto bad = tally;
        spoil(bad);
        return faults(bad).size() == 1;
    };
    EXPECT_TRUE(one_fault([](Tally& t) { t.failed_creations["503"] = 1; }));
    EXPECT_TRUE(one_fault([](Tally& t) { t.failed_streams["404"] = 1; }));
    EXPECT_TRUE(one_fault([](Tally& t) { t.unexpected_closes["1001"] = 1; }));
    EXPECT_TRUE(one_fault([](Tally& t) { t.unanswered_goodbyes["timed out"] = 1; }));
    EXPECT_TRUE(one_fault([](Tally& t) { t.silent_streams = 1; }));
    EXPECT_TRUE(one_fault([](Tally& t) { t.never_streamed = 1; }));
    EXPECT_TRUE(one_fault([](Tally& t) { t.not_arrived = 1; }));
    EXPECT_TRUE(one_fault([](Tally& t) { t.broken_rules = 1; }));
    EXPECT_TRUE(one_fault([](Tally& t) { t.streams = 0; }));
    EXPECT_TRUE(one_fault([](Tally& t) { t.cut = 1; }));
}

TEST(LoadTally, WhenRulesAreBrokenByTheThousand_ReportsHowManyNotHowManyItKept) {
    auto tally = good().tally;
    for (int i = 0; i < 2; ++i) {
        Tally of_a_thread;
        of_a_thread.broken_rules = 1'000;
        of_a_thread.violations.assign(100, "client 7: n does not go up");
        tally.merge(of_a_thread);
    }
    EXPECT_EQ(tally.violations.size(), 100U);
    EXPECT_THAT(
        faults(tally),
        ::testing::ElementsAre(HasSubstr("2000 broken rules of the contract, first: client 7")));
}

TEST(LoadTally, FramesFromTheFuture_AreAWarning) {
    auto tally = good().tally;
    EXPECT_THAT(warnings(tally), ::testing::IsEmpty());
    tally.future_frames = 3;
    EXPECT_THAT(warnings(tally), ::testing::ElementsAre(HasSubstr("3 frames")));
    EXPECT_THAT(faults(tally), ::testing::IsEmpty());
}

TEST(LoadTally, WhenMerged_AddsUp) {
    auto sum = good().tally;
    auto other = good().tally;
    other.failed_creations["503"] = 2;
    other.quote.add(9'000);
    sum.failed_creations["503"] = 1;
    sum.merge(other);
    EXPECT_EQ(sum.created, 4U);
    EXPECT_EQ(sum.failed_creations.at("503"), 3U);
    EXPECT_EQ(sum.quote.count(), 7U);
    EXPECT_EQ(sum.quote.max(), 9'000U);
}

TEST(LoadReport, Json_HasTheFigures) {
    auto const json = nlohmann::json::parse(to_json(good()));
    EXPECT_EQ(json.at("clean"), true);
    EXPECT_EQ(json.at("counts").at("conflated"), 1);
    auto const& quote = json.at("latencies").at("quote");
    EXPECT_EQ(quote.at("count"), 3);
    EXPECT_EQ(quote.at("max_us"), 3'000);
    EXPECT_NEAR(quote.at("p50_us").get<double>(), 200, 7);
    EXPECT_EQ(json.at("over_time").size(), 2U);
    EXPECT_EQ(json.at("settings").at("users"), 2);
    EXPECT_FALSE(json.contains("server"));
}

TEST(LoadReport, WhenNotClean_EveryFormHasTheReason) {
    auto report = good();
    report.faults = {"3 failed <creations>"};
    report.warnings = {"was late & slow"};
    report.bottleneck = true;
    std::ostringstream table;
    write_table(report, table);
    EXPECT_THAT(table.str(), HasSubstr("FAULT: 3 failed <creations>"));
    EXPECT_THAT(table.str(), HasSubstr("WARNING: was late & slow"));
    EXPECT_THAT(table.str(), HasSubstr("not clean"));
    auto const json = nlohmann::json::parse(to_json(report));
    EXPECT_EQ(json.at("clean"), false);
    EXPECT_EQ(json.at("faults").at(0), "3 failed <creations>");
    EXPECT_EQ(json.at("own_cost").at("bottleneck"), true);
    auto const html = to_html(report);
    EXPECT_THAT(html, HasSubstr("Not clean"));
    EXPECT_THAT(html, HasSubstr("3 failed &lt;creations&gt;"));
    EXPECT_THAT(html, HasSubstr("was late &amp; slow"));
}

TEST(LoadReport, WhenTheWarningIsAnother_IsNoBottleneck) {
    auto report = good();
    report.warnings = {"clocks differ"};
    auto const json = nlohmann::json::parse(to_json(report));
    EXPECT_EQ(json.at("own_cost").at("bottleneck"), false);
}

/// The report's text about the server after the run: in the table, the plot and the page.
std::vector<std::string> words_of(Report const& report) {
    std::ostringstream table;
    write_table(report, table);
    std::vector<std::string> words{table.str(), to_html(report)};
    for (auto const& [name, svg] : plots(report, false)) {
        if (name == "server-holds.svg") words.push_back(svg);
    }
    return words;
}

TEST(LoadReport, BackAtZero_IsSaidOnlyWhereItIsTrue) {
    auto report = good();
    report.server_before = ServerSample{};
    report.server = {{.at = 1, .sessions = 3}, {.at = 2}};
    report.settled_after = 0.5;
    EXPECT_EQ(words_of(report).size(), 3U);
    EXPECT_THAT(words_of(report), ::testing::Each(HasSubstr("back at zero")));
    EXPECT_EQ(nlohmann::json::parse(to_json(report)).at("server").at("back_at_zero"), true);

    report.server_before->sessions = 1;
    EXPECT_THAT(words_of(report), ::testing::Each(Not(HasSubstr("back at zero"))));
    EXPECT_THAT(words_of(report), ::testing::Each(HasSubstr("no more of")));

    report.server_before = ServerSample{};
    report.settled_after.reset();
    EXPECT_THAT(words_of(report), ::testing::Each(Not(HasSubstr("back at zero"))));
    EXPECT_EQ(nlohmann::json::parse(to_json(report)).at("server").at("back_at_zero"), false);
}

TEST(LoadReport, Html_EscapesWhatItIsGiven) {
    auto const html = to_html(good());
    EXPECT_THAT(html, HasSubstr("http://&lt;b&gt;&quot;&amp;"));
    EXPECT_THAT(html, Not(HasSubstr("<b>\"")));
}

TEST(LoadReport, WhenNothingHappened_StillHasAllItsForms) {
    Report const empty{.settings = {}, .began = "", .seconds = 0.5};
    std::ostringstream table;
    write_table(empty, table);
    auto const no_number = ::testing::ContainsRegex("[^a-z](nan|inf)[^a-z]");
    EXPECT_THAT(table.str(), Not(no_number));
    EXPECT_THAT(to_html(empty), Not(no_number));
    EXPECT_EQ(nlohmann::json::parse(to_json(empty)).at("most_streaming"), 0);
}

TEST(LoadReport, Texts_AreForPeople) {
    EXPECT_EQ(duration_text(0), "0");
    EXPECT_EQ(duration_text(999), "999 µs");
    EXPECT_EQ(duration_text(1'000), "1 ms");
    EXPECT_EQ(duration_text(1'500'000), "1.5 s");
    EXPECT_EQ(count_text(999), "999");
    EXPECT_EQ(count_text(12'300), "12.3k");
    EXPECT_EQ(bytes_text(12'300'000), "12.3 MB");
}

TEST(LoadReport, CpuBetween_IsProcessors) {
    EXPECT_EQ(cpu_between({.at = 1, .cpu_seconds = 4}, {.at = 3, .cpu_seconds = 7}), 1.5);
    EXPECT_EQ(cpu_between({.at = 1, .cpu_seconds = 4}, {.at = 1, .cpu_seconds = 7}), 0);
}

Plot line(std::vector<std::pair<double, double>> points, Thin thin) {
    return {.title = "t", .format_y = count_text, .series = {{"s", std::move(points), thin}}};
}

TEST(SvgPlot, WhenThereAreManyPoints_KeepsTheirLargest) {
    std::vector<std::pair<double, double>> points;
    for (int i = 0; i < 100'000; ++i)
        points.emplace_back(i, i == 77'777 ? 1'000 : 1);
    auto const svg = to_svg(line(points, Thin::max), false);
    EXPECT_LT(svg.size(), 20'000U);
    // The axis includes the drawn line.
    EXPECT_THAT(svg, HasSubstr(">1k</text>"));
    EXPECT_THAT(to_svg(line(points, Thin::mean), false), Not(HasSubstr(">1k</text>")));
}

TEST(SvgPlot, WhenStandingAlone_BringsItsStyle) {
    auto const plot = line({{0, 1}, {1, 2}}, Thin::mean);
    EXPECT_THAT(to_svg(plot, true), HasSubstr("prefers-color-scheme:dark"));
    EXPECT_THAT(to_svg(plot, false), Not(HasSubstr("<style>")));
}

}  // namespace
}  // namespace tickcast::load
