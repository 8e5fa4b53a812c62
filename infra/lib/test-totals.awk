# Reads what `dotnet test` printed, one file per test project, and prints the totals of all: "N passed, N failed, N skipped".
# Exit code 1 when a test failed, when a project printed no summary (its process died before), or when a project ran no test.

FNR == 1 { if (NR > 1) close_project(); project = FILENAME; summary = total = failed = passed = skipped = 0 }
/^Test run summary:/ { summary = 1; total = failed = passed = skipped = 0 }
summary && /^ +error: [1-9]/ { say(project ": the test run ended with an error"); bad = 1 }
summary && /^ +total: [0-9]+/ { total = $2 }
summary && /^ +failed: [0-9]+/ { failed = $2 }
summary && /^ +succeeded: [0-9]+/ { passed = $2 }
summary && /^ +skipped: [0-9]+/ { skipped = $2 }

function close_project() {
  projects++
  if (!summary) { say(project ": the test run ended without a summary"); bad = 1 }
  else if (total == 0) { say(project ": no test ran"); bad = 1 }
  else if (total != passed + failed + skipped) { say(project ": " total " tests, but " passed " + " failed " + " skipped); bad = 1 }
  all_passed += passed; all_failed += failed; all_skipped += skipped
}

function say(text) { print text | "cat 1>&2" }

END {
  if (NR > 0) close_project()
  if (projects < ARGC - 1) { say("a test run printed nothing"); bad = 1 }
  close("cat 1>&2")
  printf "%d passed, %d failed, %d skipped\n", all_passed, all_failed, all_skipped
  exit (bad || all_failed > 0) ? 1 : 0
}
