#pragma once
// The operating characteristic of the gate, as Markdown: what README.md of this room shows.
//
// Pure: the seeds are in it.

#include <string>

namespace reports::simulation {

// Every weather, for an experiment of four arms and for one of two.
[[nodiscard]] std::string WeatherTable(int repetitions);

// How often 5 % is caught, by the spread of a window and the number of pairs.
[[nodiscard]] std::string PowerTable(int repetitions);

}  // namespace reports::simulation
