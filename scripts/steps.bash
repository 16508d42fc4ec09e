# For scripts/check and scripts/test: steps that are named, timed and counted. Sourced, not run.
#
#   step NAME COMMAND…    runs the command, remembers how it ended; a failure does not stop the rest
#   run_step NAME PRESET WSGILAB-OPTION…    a step: `wsgilab run` of that build, whose record nobody keeps
#   tests PRESET [CTEST-ARGUMENT…]    the same for ctest; its closing line and counts are remembered
#   finish                the table of steps, the steps and tests that failed and the end of what each
#                         printed, ctest's closing lines, and "N passed, M failed"
#
#   static_checks         formatting, layers, rooms, documents, errors, shell scripts: no build needed
#   build PRESET          a step: configures and builds
#   build_and_test PRESET [CTEST-ARGUMENT…]    both; no tests where there is no build
#   in_time PERCENT SECONDS NAME COMMAND…    does it if there is time: `within` seconds are given to all steps (0: no limit),
#                         and it takes so much of what the build of dev took, and so many seconds; else NAME is noted as left out
#   test_engine           what depends on the Python: the engine's tests, its checks, the smoke matrix
#   test_hosts            the first of these alone
#   leg SUITE             the engine's tests on another Debian's Python, the smoke matrix of both Pythons in one report, and the checks
#                         of interpreters with their own GIL; where scripts/python-leg has made that Debian, or `makes_legs` is yes
#   leg_checks SUITE      all checks of the engine that `leg SUITE` has built, if there is time
#
# A failed step that is not ctest counts as one failure: zero failures means that all is well.

within=0 # seconds for all steps
makes_legs=no
step_names=()
step_results=()
step_seconds=()
closing_lines=()
failed_tests=() # and steps, with the end of what they printed
passed=0
failed=0
skipped=0
failed_now=0 # of the ctest run that just ended

heading() {
  printf '\n=== %s\n' "$1"
}

# NAME, exit code, SECONDS at its start
note_step() {
  local result=ok
  [[ $2 -eq 0 ]] || result=FAILED
  step_names+=("$1")
  step_results+=("$result")
  step_seconds+=($((SECONDS - $3)))
  printf -- '--- %s: %s, %d s\n' "$1" "$result" $((SECONDS - $3))
}

step() {
  local name=$1 started=$SECONDS code=0 output
  shift
  heading "$name"
  output=$(mktemp)
  "$@" |& tee "$output" || code=$?
  if [[ $code -ne 0 ]]; then
    failed=$((failed + 1))
    failed_tests+=("failed step: $name" "$(tail -n 40 "$output" | cut -c 1-400 | sed 's/^/    /')")
  fi
  rm -f "$output"
  note_step "$name" "$code" "$started"
  return 0
}

tests() {
  local preset=$1 started=$SECONDS code=0
  local folder=build/$preset
  shift
  failed_now=0
  mkdir -p "$folder"
  rm -rf "$folder/test-results.xml" "$folder/sanitizer"
  heading "tests: $preset"
  # One more than there are processors: a quarter of the time tests wait.
  scripts/leave_nothing.py ctest --preset "$preset" --parallel $(($(nproc) + 1)) \
    --test-output-size-passed 1000000 --test-output-size-failed 1000000 \
    --output-junit "$PWD/$folder/test-results.xml" "$@" |&
    tee "$folder/test-output.txt" | grep --line-buffered -Ev '^ +Start +[0-9]+: ' || code=$?
  closing_lines+=("$(grep -E '^[0-9]+% tests passed' "$folder/test-output.txt" || echo "$preset: no tests were run")")
  [[ ! -r $folder/test-results.xml ]] || count_tests "$folder/test-results.xml"
  mapfile -t -O "${#failed_tests[@]}" failed_tests \
    < <(scripts/failed_tests.py "$preset" "$folder/test-results.xml")
  if compgen -G "$folder/sanitizer/*" >/dev/null; then
    # A host may have been stopped by the test that started it; what its sanitizer said still counts.
    cat "$folder"/sanitizer/*
    printf '%s\n' "the sanitizer's reports are above, and in $folder/sanitizer"
    failed_now=$((failed_now + 1))
    code=1
  elif [[ $code -ne 0 && $failed_now -eq 0 ]]; then
    failed_now=1 # something was left behind, or ctest itself failed
  fi
  failed=$((failed + failed_now))
  note_step "tests: $preset" "$code" "$started"
}

# Adds up one JUnit file of ctest; what one process of it has run counts one by one.
count_tests() {
  local passed_now skipped_now
  read -r passed_now failed_now skipped_now < <(scripts/failed_tests.py --count "$1")
  passed=$((passed + passed_now))
  skipped=$((skipped + skipped_now))
}

static_checks() {
  step "formatting" scripts/format --check
  step "layers" scripts/check_layers.py
  step "rooms" scripts/check_rooms.py
  step "documents" scripts/check_docs.py
  step "errors" scripts/check_errors.py
  step "check scripts" scripts/check_scripts_test.py
  step "shell scripts" shellcheck --external-sources .ci/run scripts/ci/slurm/{submit,array.sbatch,merge.sbatch} scripts/{chaos,check,compare-generators,compare-hosts,compare-modes,compare-pythons,compare-restarts,endure,format,fuzz,gate-truth,in-leg-here,occasions,run,setup,soak,test,truth} scripts/steps.bash
}

seconds_of() { # STEP
  local index
  for index in "${!step_names[@]}"; do
    [[ ${step_names[$index]} != "$1" ]] || printf '%d' "${step_seconds[$index]}"
  done
}

left_out() { # NAME AND REASON, SECONDS
  step_names+=("$1")
  step_results+=("left")
  step_seconds+=("$2")
}

# One machine builds twice as fast as another: how long something takes is told by what has been built already.
in_time() {
  local built needs name=$3
  built=$(seconds_of "build: dev")
  needs=$(($1 * ${built:-0} / 100 + $2))
  shift 3
  if [[ $within -eq 0 || $((SECONDS + needs)) -le $within ]]; then
    "$@"
  else
    left_out "$name: needs about $needs s, of which $((within > SECONDS ? within - SECONDS : 0)) are left" 0
  fi
}

configure_and_build() {
  cmake --preset "$1" && cmake --build --preset "$1" --parallel "$(nproc)"
}

build() {
  local before=$failed
  step "build: $1" configure_and_build "$1"
  [[ $failed -eq $before ]]
}

build_and_test() {
  if build "$1"; then
    tests "$@"
  else
    closing_lines+=("$1: not built, no tests were run")
  fi
}

# A run whose record nobody keeps, and that leaves nothing behind.
run_step() { # NAME, PRESET, WSGILAB-OPTION…
  local name=$1
  shift
  step "$name" scripts/leave_nothing.py "$BASH" -c "$(declare -f run_and_forget); run_and_forget \"\$@\"" run "$@"
}

run_and_forget() { # PRESET, WSGILAB-OPTION…
  local preset=$1 folder code=0
  shift
  folder=$(mktemp -d)
  "build/$preset/bin/wsgilab" run "$@" -o "$folder/out" || code=$?
  rm -rf "$folder"
  return "$code"
}

# The programs of reports/ and harness/ never see a Python: their tests are not built.
test_engine() {
  local before=$failed
  step "configure" cmake --preset dev
  step "build" cmake --build build/dev --parallel "$(nproc)" --target hosts/all wsgilab wsgilab-host wsgilab-checks
  [[ $failed -eq $before ]] || return 0
  tests dev --tests-regex '^(hosts_|checks[.])'
  run_step "smoke matrix" dev --profile smoke --suite none
}

# With what `scripts/python-leg --engine` builds, so that it has nothing left to do.
test_hosts() {
  local before=$failed
  step "configure" cmake --preset dev
  step "build" cmake --build build/dev --parallel "$(nproc)" --target hosts/all wsgilab-host probe_extensions
  [[ $failed -ne $before ]] || tests dev --tests-regex '^hosts_'
}

# Makes one only where it is told to: that takes a network, and some minutes where that is slow.
leg() { # SUITE
  [[ -x build/dev/bin/wsgilab && -x build/dev/bin/wsgilab-checks ]] || return 0 # said already
  if [[ -d build/legs/$1/root ]]; then
    in_time 50 400 "leg: $1" test_leg "$1"
  elif [[ $makes_legs == yes ]]; then
    in_time 50 800 "leg: $1" make_and_test_leg "$1"
  fi
}

make_leg() { # SUITE
  timeout 400 "$BASH" -c "scripts/setup --legs && scripts/python-leg $1 true"
}

# That another Debian is not to be had just now is nobody's fault here: it stands in the table, and fails nothing.
make_and_test_leg() { # SUITE
  local started=$SECONDS
  heading "leg: making $1"
  if make_leg "$1"; then
    note_step "leg: making $1" 0 "$started"
    test_leg "$1"
  else
    left_out "leg: $1: it cannot be made here, as is said above" $((SECONDS - started))
  fi
}

declare -A engine_of_leg=() # "engine-3.14" of forky

test_leg() { # SUITE
  local said
  said=$(mktemp)
  step "leg: $1: tests" in_leg "$said" "$1" scripts/test --hosts
  add_counts "$1" "$said"
  step "leg: $1: engine" in_leg "$said" --engine "$1" dev
  # Its last line: "build/dev/bin/wsgilab-host-3.14: wsgilab run --host engine --host engine-3.14"
  engine_of_leg[$1]=$(grep -o 'engine-[0-9][^ ]*$' "$said" | tail -n 1 || true)
  rm -f "$said"
  if [[ -z ${engine_of_leg[$1]} ]]; then
    step "leg: $1: the name of its engine" false
    return
  fi
  run_step "leg: $1: smoke matrix" dev --profile smoke --suite none --host engine --host "${engine_of_leg[$1]}"
  # What there is with such a Python alone.
  step "leg: $1: own GILs" scripts/leave_nothing.py build/dev/bin/wsgilab-checks --host "${engine_of_leg[$1]}" \
    --gtest_filter='HostingGil*:InterpreterImport*:Suite/Interpreter*'
}

in_leg() { # FILE FOR WHAT IS SAID, ARGUMENT OF PYTHON-LEG…
  local said=$1
  shift
  scripts/python-leg "$@" |& tee "$said"
}

# The tests that ran in a leg are tests like ours.
add_counts() { # SUITE, FILE WITH WHAT WAS SAID
  local line
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$2" | tail -n 1 || true)
  [[ -z $line ]] || passed=$((passed + ${line%% *}))
  closing_lines+=("$1: ${line:-no tests were run}")
}

leg_checks() { # SUITE
  if [[ -z ${engine_of_leg[$1]:-} ]]; then
    left_out "leg: $1: checks: there is no engine of that leg" 0
    return
  fi
  in_time 0 520 "leg: $1: checks" \
    run_step "leg: $1: checks" dev --checks-only --suite all --host "${engine_of_leg[$1]}"
}

finish() {
  local index
  heading "all steps, $SECONDS s"
  for index in "${!step_names[@]}"; do
    printf '%-6s %5d s  %s\n' "${step_results[$index]}" "${step_seconds[$index]}" "${step_names[$index]}"
  done
  [[ ${#failed_tests[@]} -eq 0 ]] || printf '%s\n' "${failed_tests[@]}"
  [[ ${#closing_lines[@]} -eq 0 ]] || printf '%s\n' "${closing_lines[@]}"
  [[ $skipped -eq 0 ]] || printf '%d skipped\n' "$skipped"
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [[ $failed -eq 0 ]]
}
