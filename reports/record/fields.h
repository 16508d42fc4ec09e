#pragma once
// kFields: the members of every struct of a record under their names in the line.
// kType:   the type of a line, as its `type` member writes it.
//
// The one place where names are written: reading, writing and the schema are derived from it.

#include <concepts>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "reports/record/record.h"

namespace reports::record {

template <typename Struct, typename Member>
struct Field {
  std::string_view name;
  Member Struct::*member;
};
template <typename Struct, typename Member>
Field(const char*, Member Struct::*) -> Field<Struct, Member>;

template <typename Struct>
inline constexpr std::tuple<> kFields{};  // what is not described below is no struct of a record

template <>
inline constexpr auto kFields<Noise> = std::tuple{Field{"compute_cov", &Noise::compute_cov},
                                                  Field{"memory_cov", &Noise::memory_cov},
                                                  Field{"steal_share", &Noise::steal_share},
                                                  Field{"score", &Noise::score},
                                                  Field{"word", &Noise::word}};
template <>
inline constexpr auto kFields<Machine> = std::tuple{Field{"cpu", &Machine::cpu},
                                                    Field{"cores", &Machine::cores},
                                                    Field{"memory_kib", &Machine::memory_kib},
                                                    Field{"kernel", &Machine::kernel},
                                                    Field{"distribution", &Machine::distribution},
                                                    Field{"load_1min", &Machine::load_1min},
                                                    Field{"governor", &Machine::governor},
                                                    Field{"build_type", &Machine::build_type},
                                                    Field{"fingerprint", &Machine::fingerprint},
                                                    Field{"facts", &Machine::facts},
                                                    Field{"noise", &Machine::noise}};
template <>
inline constexpr auto kFields<Deviation> = std::tuple{Field{"rule", &Deviation::rule},
                                                      Field{"kind", &Deviation::kind},
                                                      Field{"theirs", &Deviation::theirs},
                                                      Field{"ours", &Deviation::ours},
                                                      Field{"why", &Deviation::why}};
template <>
inline constexpr auto kFields<HostVersion> =
    std::tuple{Field{"name", &HostVersion::name},
               Field{"version", &HostVersion::version},
               Field{"python", &HostVersion::python},
               Field{"library", &HostVersion::library},
               Field{"deviations", &HostVersion::deviations},
               Field{"gils", &HostVersion::gils}};
template <>
inline constexpr auto kFields<PlannedChecks> = std::tuple{Field{"host", &PlannedChecks::host},
                                                          Field{"count", &PlannedChecks::count},
                                                          Field{"digest", &PlannedChecks::digest}};
template <>
inline constexpr auto kFields<Plan> = std::tuple{Field{"modes", &Plan::modes},
                                                 Field{"apps", &Plan::apps},
                                                 Field{"cells", &Plan::cells},
                                                 Field{"not_offered", &Plan::not_offered},
                                                 Field{"checks", &Plan::checks},
                                                 Field{"digest", &Plan::digest},
                                                 Field{"processes", &Plan::processes},
                                                 Field{"threads", &Plan::threads}};
template <>
inline constexpr auto kFields<Shard> = std::tuple{
    Field{"index", &Shard::index}, Field{"count", &Shard::count}, Field{"whole", &Shard::whole}};
template <>
inline constexpr auto kFields<Part> = std::tuple{Field{"shard", &Part::shard},
                                                 Field{"run", &Part::run},
                                                 Field{"started_at", &Part::started_at},
                                                 Field{"seconds", &Part::seconds},
                                                 Field{"complete", &Part::complete},
                                                 Field{"machine", &Part::machine}};
template <>
inline constexpr auto kFields<Merged> =
    std::tuple{Field{"shards", &Merged::shards}, Field{"parts", &Merged::parts}};
template <>
inline constexpr auto kFields<Header> = std::tuple{Field{"schema", &Header::schema},
                                                   Field{"run", &Header::run},
                                                   Field{"started_at", &Header::started_at},
                                                   Field{"command", &Header::command},
                                                   Field{"profile", &Header::profile},
                                                   Field{"revision", &Header::revision},
                                                   Field{"machine", &Header::machine},
                                                   Field{"hosts", &Header::hosts},
                                                   Field{"plan", &Header::plan},
                                                   Field{"shard", &Header::shard},
                                                   Field{"merged", &Header::merged},
                                                   Field{"seconds_before", &Header::seconds_before},
                                                   Field{"synthetic", &Header::synthetic}};
template <>
inline constexpr auto kFields<Cell> = std::tuple{Field{"cell", &Cell::cell},
                                                 Field{"host", &Cell::host},
                                                 Field{"process", &Cell::process},
                                                 Field{"interpreter", &Cell::interpreter},
                                                 Field{"loading", &Cell::loading},
                                                 Field{"app", &Cell::app},
                                                 Field{"title", &Cell::title},
                                                 Field{"outcome", &Cell::outcome},
                                                 Field{"reason", &Cell::reason},
                                                 Field{"seconds", &Cell::seconds},
                                                 Field{"log_tail", &Cell::log_tail},
                                                 Field{"reproduce", &Cell::reproduce}};
template <>
inline constexpr auto kFields<PlacementAsked> =
    std::tuple{Field{"process_group", &PlacementAsked::process_group},
               Field{"application_group", &PlacementAsked::application_group},
               Field{"interpreter", &PlacementAsked::interpreter},
               Field{"loading", &PlacementAsked::loading}};
template <>
inline constexpr auto kFields<PlacementFound> =
    std::tuple{Field{"pid", &PlacementFound::pid},
               Field{"parent_pid", &PlacementFound::parent_pid},
               Field{"supervisor_pid", &PlacementFound::supervisor_pid},
               Field{"process_group", &PlacementFound::process_group},
               Field{"application_group", &PlacementFound::application_group},
               Field{"interpreter_id", &PlacementFound::interpreter_id},
               Field{"is_main_interpreter", &PlacementFound::is_main_interpreter},
               Field{"python", &PlacementFound::python},
               Field{"prefix", &PlacementFound::prefix},
               Field{"gil", &PlacementFound::gil},
               Field{"gil_before_import", &PlacementFound::gil_before_import},
               Field{"process_started_at", &PlacementFound::process_started_at},
               Field{"import_started_at", &PlacementFound::import_started_at},
               Field{"import_finished_at", &PlacementFound::import_finished_at},
               Field{"ready_at", &PlacementFound::ready_at},
               Field{"first_request_at", &PlacementFound::first_request_at},
               Field{"import_on_main_thread", &PlacementFound::import_on_main_thread},
               Field{"load_count", &PlacementFound::load_count}};
template <>
inline constexpr auto kFields<Placement> =
    std::tuple{Field{"cell", &Placement::cell},
               Field{"asked", &Placement::asked},
               Field{"found", &Placement::found},
               Field{"agrees", &Placement::agrees},
               Field{"differences", &Placement::differences}};
template <>
inline constexpr auto kFields<SettingsAsked> =
    std::tuple{Field{"processes", &SettingsAsked::processes},
               Field{"threads", &SettingsAsked::threads},
               Field{"keep_alive", &SettingsAsked::keep_alive},
               Field{"access_log", &SettingsAsked::access_log}};
template <>
inline constexpr auto kFields<SettingsFound> =
    std::tuple{Field{"processes", &SettingsFound::processes},
               Field{"threads", &SettingsFound::threads},
               Field{"at_once", &SettingsFound::at_once},
               Field{"at_once_is_limit", &SettingsFound::at_once_is_limit},
               Field{"keep_alive", &SettingsFound::keep_alive},
               Field{"log_lines", &SettingsFound::log_lines},
               Field{"requests", &SettingsFound::requests},
               Field{"words", &SettingsFound::words}};
template <>
inline constexpr auto kFields<Settings> = std::tuple{Field{"cell", &Settings::cell},
                                                     Field{"asked", &Settings::asked},
                                                     Field{"found", &Settings::found},
                                                     Field{"differences", &Settings::differences}};
template <>
inline constexpr auto kFields<Worker> =
    std::tuple{Field{"pid", &Worker::pid},
               Field{"requests", &Worker::requests},
               Field{"first_request_ms", &Worker::first_request_ms}};
template <>
inline constexpr auto kFields<Modules> =
    std::tuple{Field{"before_script", &Modules::before_script},
               Field{"by_script", &Modules::by_script},
               Field{"by_first_requests", &Modules::by_first_requests},
               Field{"by_tour", &Modules::by_tour},
               Field{"by_load", &Modules::by_load}};
template <>
inline constexpr auto kFields<Startup> =
    std::tuple{Field{"cell", &Startup::cell},
               Field{"ready_ms", &Startup::ready_ms},
               Field{"first_request_ms", &Startup::first_request_ms},
               Field{"second_request_ms", &Startup::second_request_ms},
               Field{"import_ms", &Startup::import_ms},
               Field{"workers", &Startup::workers},
               Field{"modules", &Startup::modules}};
template <>
inline constexpr auto kFields<TourStep> = std::tuple{Field{"name", &TourStep::name},
                                                     Field{"method", &TourStep::method},
                                                     Field{"path", &TourStep::path},
                                                     Field{"status", &TourStep::status},
                                                     Field{"ms", &TourStep::ms},
                                                     Field{"passed", &TourStep::passed},
                                                     Field{"problem", &TourStep::problem}};
template <>
inline constexpr auto kFields<Tour> = std::tuple{
    Field{"cell", &Tour::cell}, Field{"steps", &Tour::steps}, Field{"passed", &Tour::passed}};
template <>
inline constexpr auto kFields<Latency> = std::tuple{Field{"min", &Latency::min},
                                                    Field{"mean", &Latency::mean},
                                                    Field{"p50", &Latency::p50},
                                                    Field{"p90", &Latency::p90},
                                                    Field{"p99", &Latency::p99},
                                                    Field{"p999", &Latency::p999},
                                                    Field{"max", &Latency::max}};
template <>
inline constexpr auto kFields<Generator> =
    std::tuple{Field{"cpu_share", &Generator::cpu_share},
               Field{"lateness_p99_us", &Generator::lateness_p99_us},
               Field{"state", &Generator::state},
               Field{"reason", &Generator::reason},
               Field{"lateness_us", &Generator::lateness_us},
               Field{"ceiling_per_s", &Generator::ceiling_per_s},
               Field{"floor_p50_us", &Generator::floor_p50_us},
               Field{"hiccup_p99_us", &Generator::hiccup_p99_us},
               Field{"hiccup_max_us", &Generator::hiccup_max_us}};
template <>
inline constexpr auto kFields<Load> = std::tuple{Field{"cell", &Load::cell},
                                                 Field{"loop", &Load::loop},
                                                 Field{"connections", &Load::connections},
                                                 Field{"rate_per_s", &Load::rate_per_s},
                                                 Field{"seconds", &Load::seconds},
                                                 Field{"planned", &Load::planned},
                                                 Field{"sent", &Load::sent},
                                                 Field{"done", &Load::done},
                                                 Field{"failed", &Load::failed},
                                                 Field{"unfinished", &Load::unfinished},
                                                 Field{"wrong_answers", &Load::wrong_answers},
                                                 Field{"requests_per_s", &Load::requests_per_s},
                                                 Field{"latency_us", &Load::latency_us},
                                                 Field{"histogram", &Load::histogram},
                                                 Field{"generator", &Load::generator},
                                                 Field{"hdr", &Load::hdr},
                                                 Field{"service_us", &Load::service_us},
                                                 Field{"connect_us", &Load::connect_us},
                                                 Field{"first_byte_us", &Load::first_byte_us},
                                                 Field{"censored", &Load::censored},
                                                 Field{"lower_bounds", &Load::lower_bounds},
                                                 Field{"ramp_to_per_s", &Load::ramp_to_per_s},
                                                 Field{"poisson_seed", &Load::poisson_seed},
                                                 Field{"crosstalk", &Load::crosstalk},
                                                 Field{"lost_tokens", &Load::lost_tokens}};
template <>
inline constexpr auto kFields<HostProcess> =
    std::tuple{Field{"pid", &HostProcess::pid},
               Field{"role", &HostProcess::role},
               Field{"pss_kib", &HostProcess::pss_kib},
               Field{"threads", &HostProcess::threads},
               Field{"private_dirty_kib", &HostProcess::private_dirty_kib},
               Field{"private_clean_kib", &HostProcess::private_clean_kib},
               Field{"shared_kib", &HostProcess::shared_kib}};
template <>
inline constexpr auto kFields<RequestCosts> =
    std::tuple{Field{"voluntary_switches", &RequestCosts::voluntary_switches},
               Field{"involuntary_switches", &RequestCosts::involuntary_switches},
               Field{"minor_faults", &RequestCosts::minor_faults},
               Field{"major_faults", &RequestCosts::major_faults},
               Field{"file_reads", &RequestCosts::file_reads},
               Field{"file_writes", &RequestCosts::file_writes},
               Field{"system_calls", &RequestCosts::system_calls},
               Field{"instructions", &RequestCosts::instructions}};
template <>
inline constexpr auto kFields<Resources> =
    std::tuple{Field{"cell", &Resources::cell},
               Field{"when", &Resources::when},
               Field{"cpu_us_per_request", &Resources::cpu_us_per_request},
               Field{"pss_kib", &Resources::pss_kib},
               Field{"private_dirty_kib", &Resources::private_dirty_kib},
               Field{"processes", &Resources::processes},
               Field{"private_clean_kib", &Resources::private_clean_kib},
               Field{"shared_kib", &Resources::shared_kib},
               Field{"requests", &Resources::requests},
               Field{"per_request", &Resources::per_request}};
template <>
inline constexpr auto kFields<Experience> = std::tuple{Field{"planned", &Experience::planned},
                                                       Field{"done", &Experience::done},
                                                       Field{"bad", &Experience::bad},
                                                       Field{"latency_us", &Experience::latency_us},
                                                       Field{"state", &Experience::state},
                                                       Field{"reason", &Experience::reason},
                                                       Field{"hdr", &Experience::hdr}};
template <>
inline constexpr auto kFields<Interference> =
    std::tuple{Field{"host", &Interference::host},
               Field{"arrangement", &Interference::arrangement},
               Field{"kind", &Interference::kind},
               Field{"same_process", &Interference::same_process},
               Field{"same_interpreter", &Interference::same_interpreter},
               Field{"rate_per_s", &Interference::rate_per_s},
               Field{"alone", &Interference::alone},
               Field{"beside", &Interference::beside},
               Field{"neighbour_requests", &Interference::neighbour_requests}};
template <>
inline constexpr auto kFields<Check> =
    std::tuple{Field{"suite", &Check::suite},
               Field{"check", &Check::check},
               Field{"host", &Check::host},
               Field{"rule", &Check::rule},
               Field{"level", &Check::level},
               Field{"mode", &Check::mode},
               Field{"title", &Check::title},
               Field{"expected", &Check::expected},
               Field{"observed", &Check::observed},
               Field{"outcome", &Check::outcome},
               Field{"detail", &Check::detail},
               Field{"ms", &Check::ms},
               Field{"reproduce", &Check::reproduce},
               Field{"transcript", &Check::transcript},
               Field{"probe", &Check::probe},
               Field{"pairing", &Check::pairing},
               Field{"settings_asked", &Check::settings_asked},
               Field{"settings_served", &Check::settings_served}};
template <>
inline constexpr auto kFields<Arm> = std::tuple{Field{"name", &Arm::name},
                                                Field{"role", &Arm::role},
                                                Field{"host", &Arm::host},
                                                Field{"mode", &Arm::mode},
                                                Field{"app", &Arm::app},
                                                Field{"program", &Arm::program},
                                                Field{"venv", &Arm::venv},
                                                Field{"delay_us", &Arm::delay_us}};
template <>
inline constexpr auto kFields<Experiment> =
    std::tuple{Field{"experiment", &Experiment::experiment},
               Field{"attempt", &Experiment::attempt},
               Field{"arms", &Experiment::arms},
               Field{"blocks", &Experiment::blocks},
               Field{"windows", &Experiment::windows},
               Field{"window_ms", &Experiment::window_ms},
               Field{"warm_up_ms", &Experiment::warm_up_ms},
               Field{"connections", &Experiment::connections},
               Field{"seed", &Experiment::seed},
               Field{"is_reversed", &Experiment::is_reversed},
               Field{"margin", &Experiment::margin},
               Field{"alpha", &Experiment::alpha},
               Field{"looks", &Experiment::looks},
               Field{"metrics", &Experiment::metrics}};
template <>
inline constexpr auto kFields<Sample> = std::tuple{Field{"experiment", &Sample::experiment},
                                                   Field{"attempt", &Sample::attempt},
                                                   Field{"block", &Sample::block},
                                                   Field{"arm", &Sample::arm},
                                                   Field{"positions", &Sample::positions},
                                                   Field{"values", &Sample::values},
                                                   Field{"requests", &Sample::requests},
                                                   Field{"hiccup_p99_us", &Sample::hiccup_p99_us},
                                                   Field{"hiccup_max_us", &Sample::hiccup_max_us},
                                                   Field{"problem", &Sample::problem}};
template <>
inline constexpr auto kFields<Micro> = std::tuple{Field{"name", &Micro::name},
                                                  Field{"program", &Micro::program},
                                                  Field{"repetition", &Micro::repetition},
                                                  Field{"repetitions", &Micro::repetitions},
                                                  Field{"iterations", &Micro::iterations},
                                                  Field{"threads", &Micro::threads},
                                                  Field{"real_ns", &Micro::real_ns},
                                                  Field{"cpu_ns", &Micro::cpu_ns},
                                                  Field{"items_per_s", &Micro::items_per_s},
                                                  Field{"bytes_per_s", &Micro::bytes_per_s},
                                                  Field{"problem", &Micro::problem}};
template <>
inline constexpr auto kFields<Database> =
    std::tuple{Field{"file", &Database::file}, Field{"opened", &Database::was_opened}};
template <>
inline constexpr auto kFields<Subject> =
    std::tuple{Field{"app", &Subject::app},
               Field{"script", &Subject::script},
               Field{"callable", &Subject::callable},
               Field{"project", &Subject::project},
               Field{"python_path", &Subject::python_path},
               Field{"venv", &Subject::venv},
               Field{"environment", &Subject::environment},
               Field{"server_name", &Subject::server_name},
               Field{"source", &Subject::source},
               Field{"virtual_host", &Subject::virtual_host},
               Field{"mount", &Subject::mount},
               Field{"mode", &Subject::mode},
               Field{"process_group", &Subject::process_group},
               Field{"application_group", &Subject::application_group},
               Field{"reference", &Subject::reference},
               Field{"repetitions", &Subject::repetitions},
               Field{"requests", &Subject::requests},
               Field{"databases", &Subject::databases},
               Field{"processes", &Subject::processes},
               Field{"threads", &Subject::threads}};
template <>
inline constexpr auto kFields<Extension> =
    std::tuple{Field{"module", &Extension::module}, Field{"declares", &Extension::declares}};
template <>
inline constexpr auto kFields<Import> = std::tuple{Field{"app", &Import::app},
                                                   Field{"host", &Import::host},
                                                   Field{"distribution", &Import::distribution},
                                                   Field{"version", &Import::version},
                                                   Field{"interpreter", &Import::interpreter},
                                                   Field{"outcome", &Import::outcome},
                                                   Field{"used", &Import::is_used},
                                                   Field{"module", &Import::module},
                                                   Field{"error", &Import::error},
                                                   Field{"ms", &Import::ms},
                                                   Field{"extensions", &Import::extensions}};
template <>
inline constexpr auto kFields<Replay> = std::tuple{Field{"app", &Replay::app},
                                                   Field{"arrangement", &Replay::arrangement},
                                                   Field{"request", &Replay::request},
                                                   Field{"outcome", &Replay::outcome},
                                                   Field{"status", &Replay::status},
                                                   Field{"detail", &Replay::detail},
                                                   Field{"log_tail", &Replay::log_tail},
                                                   Field{"varying", &Replay::varying},
                                                   Field{"mode", &Replay::mode}};
template <>
inline constexpr auto kFields<Overhead> =
    std::tuple{Field{"app", &Overhead::app},
               Field{"mode", &Overhead::mode},
               Field{"request", &Overhead::request},
               Field{"requests", &Overhead::requests},
               Field{"application_us", &Overhead::application_us},
               Field{"service_us", &Overhead::service_us}};
template <>
inline constexpr auto kFields<LoadedPackage> =
    std::tuple{Field{"package", &LoadedPackage::package},
               Field{"ms", &LoadedPackage::ms},
               Field{"modules", &LoadedPackage::modules}};
template <>
inline constexpr auto kFields<Loading> = std::tuple{Field{"app", &Loading::app},
                                                    Field{"mode", &Loading::mode},
                                                    Field{"ms", &Loading::ms},
                                                    Field{"own_ms", &Loading::own_ms},
                                                    Field{"packages", &Loading::packages}};
template <>
inline constexpr auto kFields<NotMeasured> = std::tuple{Field{"what", &NotMeasured::what},
                                                        Field{"reason", &NotMeasured::reason},
                                                        Field{"cells", &NotMeasured::cells},
                                                        Field{"stopped", &NotMeasured::stopped}};
template <>
inline constexpr auto kFields<Rule> = std::tuple{Field{"name", &Rule::name},
                                                 Field{"expect", &Rule::expect},
                                                 Field{"standing", &Rule::standing},
                                                 Field{"evidence", &Rule::evidence},
                                                 Field{"where", &Rule::where}};
template <>
inline constexpr auto kFields<Footer> = std::tuple{Field{"finished_at", &Footer::finished_at},
                                                   Field{"seconds", &Footer::seconds},
                                                   Field{"verdict", &Footer::verdict},
                                                   Field{"cells", &Footer::cells},
                                                   Field{"checks", &Footer::checks},
                                                   Field{"exit_code", &Footer::exit_code},
                                                   Field{"left_behind", &Footer::left_behind}};

// The types of lines, and the struct of each.
template <typename T>
inline constexpr std::string_view kType = "";
template <>
inline constexpr std::string_view kType<Header> = "header";
template <>
inline constexpr std::string_view kType<Cell> = "cell";
template <>
inline constexpr std::string_view kType<Placement> = "placement";
template <>
inline constexpr std::string_view kType<Settings> = "settings";
template <>
inline constexpr std::string_view kType<Startup> = "startup";
template <>
inline constexpr std::string_view kType<Tour> = "tour";
template <>
inline constexpr std::string_view kType<Load> = "load";
template <>
inline constexpr std::string_view kType<Resources> = "resources";
template <>
inline constexpr std::string_view kType<Check> = "check";
template <>
inline constexpr std::string_view kType<Experiment> = "experiment";
template <>
inline constexpr std::string_view kType<Sample> = "sample";
template <>
inline constexpr std::string_view kType<Micro> = "micro";
template <>
inline constexpr std::string_view kType<Interference> = "interference";
template <>
inline constexpr std::string_view kType<Subject> = "subject";
template <>
inline constexpr std::string_view kType<Import> = "import";
template <>
inline constexpr std::string_view kType<Replay> = "replay";
template <>
inline constexpr std::string_view kType<Overhead> = "overhead";
template <>
inline constexpr std::string_view kType<Loading> = "loading";
template <>
inline constexpr std::string_view kType<NotMeasured> = "not_measured";
template <>
inline constexpr std::string_view kType<Rule> = "rule";
template <>
inline constexpr std::string_view kType<Footer> = "footer";

template <typename T>
concept Described = std::tuple_size_v<std::remove_cvref_t<decltype(kFields<T>)>> >
0;
template <typename T>
concept Number = std::integral<T> && !std::same_as<T, bool>;

}  // namespace reports::record
