#include "feed/sim/sim_universe.hpp"

#include "tickcast/base/check.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace tickcast {
namespace {

// Companies of the S&P 500. Their order is part of what a seed determines (CONTRACT SIM-5): add at
// the end only.
constexpr auto kNames = std::to_array<std::string_view>({
    "AAPL", "MSFT", "NVDA", "AMZN", "GOOGL", "META", "TSLA", "BRK.B", "JPM",  "V",     //
    "UNH",  "XOM",  "MA",   "JNJ",  "PG",    "HD",   "COST", "LLY",   "AVGO", "MRK",   //
    "CVX",  "ABBV", "PEP",  "KO",   "ADBE",  "WMT",  "CRM",  "BAC",   "MCD",  "CSCO",  //
    "ACN",  "TMO",  "NFLX", "AMD",  "LIN",   "ABT",  "ORCL", "CMCSA", "DIS",  "PFE",   //
    "WFC",  "INTC", "INTU", "VZ",   "PM",    "DHR",  "AMGN", "TXN",   "IBM",  "UNP",   //
    "QCOM", "CAT",  "COP",  "NOW",  "SPGI",  "GE",   "NEE",  "BA",    "HON",  "GS",    //
    "UPS",  "RTX",  "LOW",  "AMAT", "T",     "BKNG", "ELV",  "ISRG",  "PLD",  "BLK",   //
    "SBUX", "MS",   "MDT",  "TJX",  "VRTX",  "AXP",  "BMY",  "GILD",  "SYK",  "DE",    //
    "LMT",  "MMC",  "ADP",  "C",    "SCHW",  "CI",   "REGN", "ADI",   "CB",   "LRCX",  //
    "MDLZ", "ETN",  "ZTS",  "PGR",  "MU",    "SLB",  "BSX",  "AMT",   "CME",  "SO",    //
    "MO",   "EOG",  "DUK",  "KLAC", "ICE",   "NOC",  "ITW",  "APD",   "SHW",  "CL",    //
    "SNPS", "CSX",  "WM",   "EQIX", "CDNS",  "MCK",  "FDX",  "GD",    "TGT",  "HUM",   //
    "PYPL", "USB",  "MPC",  "PSX",  "ORLY",  "EMR",  "MAR",  "PNC",   "ROP",  "MCO",   //
    "FCX",  "NSC",  "AON",  "CMG",  "PH",    "MSI",  "APH",  "VLO",   "GM",   "F",     //
    "MMM",  "NXPI", "TT",   "AJG",  "COF",   "EW",   "AIG",  "ADSK",  "HCA",  "ECL",   //
    "NKE",  "CTAS", "OXY",  "WELL", "PSA",   "TFC",  "DOW",  "KMB",   "KHC",  "DAL",   //
});

}  // namespace

Ticker sim_ticker(std::size_t index) {
    std::string name;
    if (index < kNames.size()) {
        name = kNames[index];
    } else {
        auto const number = std::to_string(index - kNames.size() + 1);
        name = "SYM" + std::string(4 - std::min<std::size_t>(number.size(), 4), '0') + number;
    }
    auto const ticker = Ticker::parse(name);
    TICKCAST_CHECK(ticker.has_value(), "a built-in name that is no ticker");
    return *ticker;
}

std::int64_t sim_start_cents(Ticker const& ticker) noexcept {
    std::uint32_t hash = 2'166'136'261;  // FNV-1a, 32 bits
    for (char const c : ticker.view()) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619;
    }
    return 1'500 + hash % 60'000;
}

}  // namespace tickcast
