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

// What whole gate runs come to, with their controls: of the same code, and of code that is 5 % slower.
[[nodiscard]] std::string GateTable(int repetitions);

// What trends say of histories in every weather: without a change, with a step half-way, and with one in the last runs.
[[nodiscard]] std::string TrendTable(int repetitions);

}  // namespace reports::simulation
