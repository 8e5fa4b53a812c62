# Reads what `dotnet test` printed, one file per test project, and prints the totals of all: "N passed, N failed, N skipped". What else was tried
# counts too: -v passed_steps=N -v failed_steps=N.
# Exit code 1 when a test failed; a project that printed no summary (its process died before), or ran no test, counts as one that did.

FNR == 1 { if (NR > 1) close_project(); project = FILENAME; summary = total = failed = passed = skipped = 0 }
/^Test run summary:/ { summary = 1; total = failed = passed = skipped = 0 }
summary && /^ +error: [1-9]/ { blame(project ": the test run ended with an error") }
summary && /^ +total: [0-9]+/ { total = $2 }
summary && /^ +failed: [0-9]+/ { failed = $2 }
summary && /^ +succeeded: [0-9]+/ { passed = $2 }
summary && /^ +skipped: [0-9]+/ { skipped = $2 }

function close_project() {
  projects++
  if (!summary) { blame(project ": the test run ended without a summary") }
  else if (total == 0) { blame(project ": no test ran") }
  else if (total != passed + failed + skipped) { blame(project ": " total " tests, but " passed " + " failed " + " skipped) }
  all_passed += passed; all_failed += failed; all_skipped += skipped
}

function blame(text) { print text | "cat 1>&2"; all_failed++ }

END {
  if (NR > 0) close_project()
  if (projects < ARGC - 1) blame("a test run printed nothing")
  close("cat 1>&2")
  all_passed += passed_steps; all_failed += failed_steps
  printf "%d passed, %d failed, %d skipped\n", all_passed, all_failed, all_skipped
  exit (all_failed > 0)
}
