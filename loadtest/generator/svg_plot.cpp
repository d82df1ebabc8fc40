#include "generator/svg_plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace tickcast::load {
namespace {

constexpr double kWidth = 680;
constexpr double kHeight = 300;
constexpr double kLeft = 64;
constexpr double kRight = 16;
constexpr double kTop = 62;
constexpr double kBottom = 34;
constexpr std::size_t kMaxPoints = 300;  ///< per line: two pixels each
constexpr std::size_t kColours = 5;

struct Scale {
    double low{0};
    double high{1};
    bool log{false};

    double operator()(double value) const noexcept {
        auto const at = log ? (std::log10(std::max(value, low)) - std::log10(low)) /
                                  (std::log10(high) - std::log10(low))
                            : (value - low) / (high - low);
        return std::clamp(at, 0.0, 1.0);
    }
};

/// The logarithm of the quantile's distance from 1, so that each further nine has the same width.
double nines(double quantile) noexcept {
    return -std::log10(std::max(1 - quantile, 1e-6));
}

std::string number(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f", value);
    return text.data();
}

/// A step of 1, 2 or 5 times a power of ten, for about `wanted` steps.
double nice_step(double range, double wanted) noexcept {
    auto const rough = range / wanted;
    auto const power = std::pow(10, std::floor(std::log10(rough)));
    for (double const factor : {1.0, 2.0, 5.0}) {
        if (rough <= factor * power) return factor * power;
    }
    return 10 * power;
}

std::vector<std::pair<double, double>> thinned(Series const& series) {
    auto const& all = series.points;
    auto const group = (all.size() + kMaxPoints - 1) / kMaxPoints;
    if (group <= 1) return all;
    std::vector<std::pair<double, double>> few;
    for (std::size_t begin = 0; begin < all.size(); begin += group) {
        auto const end = std::min(begin + group, all.size());
        double sum = 0;
        double most = 0;
        for (auto i = begin; i < end; ++i) {
            sum += all[i].second;
            most = std::max(most, all[i].second);
        }
        few.emplace_back(all[end - 1].first,
                         series.thin == Thin::max ? most : sum / static_cast<double>(end - begin));
    }
    return few;
}

class Drawing {
public:
    explicit Drawing(Plot const& plot) : plot_(plot) {
        for (auto const& series : plot.series)
            lines_.push_back(thinned(series));
        fit();
    }

    std::string draw(bool standalone) {
        out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" viewBox=\"0 0 " +
               number(kWidth) + " " + number(kHeight) + "\" role=\"img\" aria-label=\"" +
               escaped(plot_.title) + "\">";
        if (standalone) {
            out_ += "<style>" + svg_style() +
                    "</style><rect class=\"paper\" width=\"100%\" "
                    "height=\"100%\"/>";
        }
        text(12, 20, "title", "start", plot_.title);
        text(12, 36, "caption", "start", plot_.caption);
        y_axis();
        x_axis();
        for (std::size_t i = 0; i < lines_.size(); ++i)
            line(i);
        legend();
        return out_ + "</svg>\n";
    }

private:
    void fit() {
        double low = INFINITY;
        double high = -INFINITY;
        double x_high = 0;
        for (auto const& line : lines_) {
            for (auto const& [x, y] : line) {
                if (y > 0) low = std::min(low, y);
                high = std::max(high, y);
                x_high = std::max(x_high, plot_.x_axis == Plot::XAxis::percentile ? nines(x) : x);
            }
        }
        x_ = {0, std::max(x_high, 1e-9)};
        y_ = {0, high > 0 ? high * 1.05 : 1};
        if (plot_.log_y && high > 0) {
            y_ = {std::pow(10, std::floor(std::log10(low))),
                  std::pow(10, std::ceil(std::log10(high * 1.01))), true};
        }
    }

    double px(double x) const noexcept {
        auto const value = plot_.x_axis == Plot::XAxis::percentile ? nines(x) : x;
        return kLeft + x_(value) * (kWidth - kLeft - kRight);
    }
    double py(double y) const noexcept {
        return kHeight - kBottom - y_(y) * (kHeight - kTop - kBottom);
    }

    void text(double x, double y, char const* style, char const* anchor, std::string const& what) {
        out_ += "<text class=\"" + std::string(style) + "\" x=\"" + number(x) + "\" y=\"" +
                number(y) + "\" text-anchor=\"" + anchor + "\">" + escaped(what) + "</text>";
    }

    void rule(double x1, double y1, double x2, double y2) {
        out_ += "<path class=\"grid\" d=\"M" + number(x1) + " " + number(y1) + "L" + number(x2) +
                " " + number(y2) + "\"/>";
    }

    void y_mark(double value) {
        rule(kLeft, py(value), kWidth - kRight, py(value));
        text(kLeft - 6, py(value) + 4, "mark", "end", plot_.format_y(value));
    }

    void y_axis() {
        if (y_.log) {
            for (double value = y_.low; value <= y_.high * 1.001; value *= 10)
                y_mark(value);
            return;
        }
        auto const step = nice_step(y_.high, 5);
        for (double value = 0; value <= y_.high; value += step)
            y_mark(value);
    }

    void x_axis() {
        auto const base = kHeight - kBottom;
        if (plot_.x_axis == Plot::XAxis::percentile) {
            for (auto const* mark : {"0", "50", "90", "99", "99.9", "99.99", "99.999"}) {
                auto const quantile = std::stod(mark) / 100;
                if (nines(quantile) > x_.high + 1e-9) break;
                rule(px(quantile), kTop, px(quantile), base);
                text(px(quantile), base + 16, "mark", "middle", std::string(mark) + " %");
            }
            return;
        }
        auto const step = x_.high < 1 ? x_.high : nice_step(x_.high, 8);
        for (double at = 0; at <= x_.high * 1.001; at += step) {
            std::array<char, 32> mark{};
            std::snprintf(mark.data(), mark.size(), "%g s", at);
            rule(px(at), base, px(at), base + 4);
            text(px(at), base + 16, "mark", "middle", mark.data());
        }
    }

    void line(std::size_t i) {
        auto const& points = lines_[i];
        if (points.empty()) return;
        std::string path;
        for (auto const& [x, y] : points) {
            path += (path.empty() ? "M" : "L") + number(px(x)) + " " + number(py(y));
        }
        auto const colour = "c" + std::to_string(i % kColours);
        if (plot_.series[i].filled) {
            out_ += "<path class=\"area " + colour + "\" d=\"" + path + "L" +
                    number(px(points.back().first)) + " " + number(py(y_.low)) + "L" +
                    number(px(points.front().first)) + " " + number(py(y_.low)) + "Z\"/>";
        }
        out_ += "<path class=\"line " + colour + (plot_.series[i].dashed ? " dashed" : "") +
                "\" d=\"" + path + "\"><title>" + escaped(plot_.series[i].name) + "</title></path>";
    }

    void legend() {
        double x = kLeft;
        for (std::size_t i = 0; i < plot_.series.size(); ++i) {
            auto const& series = plot_.series[i];
            out_ += "<path class=\"line c" + std::to_string(i % kColours) +
                    (series.dashed ? " dashed" : "") + "\" d=\"M" + number(x) + " 49L" +
                    number(x + 18) + " 49\"/>";
            text(x + 23, 53, "mark name", "start", series.name);
            x += 44 + 6.4 * static_cast<double>(series.name.size());
        }
    }

    Plot const& plot_;
    std::vector<std::vector<std::pair<double, double>>> lines_;
    Scale x_;
    Scale y_;
    std::string out_;
};

}  // namespace

std::string escaped(std::string const& text) {
    std::string safe;
    for (char const c : text) {
        switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            default:
                safe += c;
        }
    }
    return safe;
}

std::string const& svg_style() {
    // Five hues that are distinguishable for most kinds of colour blindness, each dark enough on
    // white and light enough on black (contrast 4.5:1 and more). No CSS variables: not every SVG
    // viewer supports them.
    static std::string const style = R"(
.plot{font:12px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
.plot .title{font-size:14px;font-weight:600}.plot .mark{font-variant-numeric:tabular-nums}
.plot .grid{fill:none}.plot .line{fill:none;stroke-width:1.75;stroke-linejoin:round}
.plot .dashed{stroke-dasharray:5 4}.plot .area{opacity:.14;stroke:none}
.plot .paper{fill:#fff}.plot text{fill:#5a6472}
.plot .title,.plot .name{fill:#1d2229}.plot .grid{stroke:#e3e6eb}
.plot .line.c0{stroke:#1f63c4}.plot .area.c0{fill:#1f63c4}.plot .line.c1{stroke:#b8500a}
.plot .line.c2{stroke:#137a58}.plot .line.c3{stroke:#8a3fb5}
.plot .line.c4{stroke:#a8284a}
@media(prefers-color-scheme:dark){
.plot .paper{fill:#14171c}.plot text{fill:#9aa4b2}
.plot .title,.plot .name{fill:#e8eaee}.plot .grid{stroke:#2b313a}
.plot .line.c0{stroke:#74a9f7}.plot .area.c0{fill:#74a9f7}.plot .line.c1{stroke:#f0a35e}
.plot .line.c2{stroke:#5ccf9d}.plot .line.c3{stroke:#c99bf2}
.plot .line.c4{stroke:#f2849f}}
)";
    return style;
}

std::string to_svg(Plot const& plot, bool standalone) {
    return Drawing(plot).draw(standalone);
}

}  // namespace tickcast::load
