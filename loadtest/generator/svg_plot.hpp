// A line plot as SVG: no scripts, colours for light and dark by CSS. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tickcast::load {

/// How points that share a pixel are combined.
enum class Thin : std::uint8_t { mean, max };

struct Series {
    std::string name;
    std::vector<std::pair<double, double>> points{};  ///< x ascending
    Thin thin{Thin::mean};
    bool dashed{false};
    bool filled{false};
};

struct Plot {
    enum class XAxis : std::uint8_t { seconds, percentile };  ///< percentile: x is the quantile
    using Format = std::string (*)(double);

    std::string title;
    std::string caption{};
    XAxis x_axis{XAxis::seconds};
    bool log_y{false};
    Format format_y{nullptr};
    std::vector<Series> series{};
};

/// The style that a document with plots needs once.
std::string const& svg_style();

/// `standalone`: for a file of its own, with the style and a background.
std::string to_svg(Plot const& plot, bool standalone);

/// Escapes text for HTML and SVG.
std::string escaped(std::string const& text);

}  // namespace tickcast::load
