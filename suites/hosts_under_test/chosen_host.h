#pragma once
// ChosenHost: which kind of host the checks of this process are put to: the engine, unless ChooseHost says otherwise before
// the first check.
//
// A check that says what it serves as a ServedDeployment can be put to every kind; one that writes directives, to those
// that read them: the engine and Apache.
//
// Threads: one.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "harness/adapters/host_adapter.h"
#include "harness/launch/launch_plan.h"
#include "hosts/base/result.h"
#include "suites/hosts_under_test/place.h"
#include "suites/hosts_under_test/stage.h"

namespace suites::hosts_under_test {

// By its name in harness/adapters/catalogue.h. InvalidInput, with the names there are, if it is none of them.
[[nodiscard]] hosts::base::Result<void> ChooseHost(std::string_view name);
[[nodiscard]] const std::string& ChosenHost();
// "engine" of an engine with whichever Python; every other kind is called as the host is.
[[nodiscard]] std::string KindOfHost();
[[nodiscard]] bool IsEngineChosen();
[[nodiscard]] bool ReadsDirectives();

// Why the chosen host cannot be started here, with what to do; nullopt if it can.
[[nodiscard]] std::optional<std::string> WhyNotInstalled();
// Why it has nothing like this place, however a script is loaded; nullopt if it has.
[[nodiscard]] std::optional<std::string> WhyNotOffered(const Place& place);

// The major version of the chosen Apache's mod_wsgi, from the running server; nullopt if the host is no Apache.
[[nodiscard]] std::optional<int> MajorOfModWsgi();

// The version of the Python that it hosts applications with, from the host itself, which is asked once: "3.11.2". Ends the
// check if it does not say.
[[nodiscard]] const std::string& PythonOfHost();

// Whether that was built so that it can do without a GIL; of hosts that do not say it: no.
[[nodiscard]] bool IsHostFreeThreaded();

// Whether checks are put to an engine that runs Python without a GIL wherever a configuration says nothing of GILs, or of how
// long one is kept.
[[nodiscard]] bool IsServedWithoutGil();

// What a check adds that is about the GIL, where the host would run its configuration without: a directive, or nothing.
[[nodiscard]] std::string GilWanted();

// Of a folder whose contents are for one Python (an environment, extension modules): that for the host's. An engine with
// its Python in its name has it beside, with that Python in the name as well: `build/venv-3.14`. Every other has `folder`.
[[nodiscard]] std::filesystem::path ForPythonOfHost(std::filesystem::path folder);

// Why a check that looks at the host's files, or starts it as somebody else, cannot be made of it: it is an engine of a leg (scripts/python-leg
// --engine), which has the files of another Debian and is entered by root. nullopt: it is none.
[[nodiscard]] std::optional<std::string> WhyFilesAreNotOurs();

// Whether it was built with a sanitizer, which is what it says itself, once: it needs more memory and time then, and some of
// what checks do to a host cannot be done to it.
[[nodiscard]] bool IsHostSanitized();
// With that for threads.
[[nodiscard]] bool IsHostSanitizedForThreads();

// How the chosen host serves this text: after the lines that every configuration of a check begins with (an address of
// the system's choice, a name, access to the stage's directory); an engine that can do without a GIL gets one that
// says so behind it, unless the text speaks of GILs itself. `{stage}` stands for its path. Ends the check, as not
// applicable, if the host reads no directives.
[[nodiscard]] harness::launch::LaunchPlan PlanFor(const Stage& stage, std::string configuration);
// How it serves this. Unsupported if it cannot.
[[nodiscard]] hosts::base::Result<harness::launch::LaunchPlan> PlanFor(
    const Stage& stage, const harness::adapters::ServedDeployment& deployment);

}  // namespace suites::hosts_under_test
