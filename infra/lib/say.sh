# Sourced by the scripts beside it: where the repository is, and how they speak.

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $1"
  [ $# -lt 2 ] || say "  $2"
  exit 2
}

# say_while WHAT COMMAND…: runs a command, says what it does and, on a terminal, for how long; its output only when it fails.
say_while() {
  local what=$1 log pid status=0 started=$SECONDS
  shift
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  # shellcheck disable=SC2064  # the values of now are wanted
  trap "kill -TERM $pid 2>/dev/null; wait $pid 2>/dev/null; rm -f '$log'; exit 130" INT TERM
  [ -t 2 ] || say "$what …"
  while kill -0 "$pid" 2>/dev/null; do
    [ ! -t 2 ] || printf '\r%s … %d s ' "$what" $((SECONDS - started)) >&2
    sleep 0.2
  done
  wait "$pid" || status=$?
  trap - INT TERM
  [ ! -t 2 ] || printf '\r%s … %d s\n' "$what" $((SECONDS - started)) >&2
  if [ "$status" -ne 0 ]; then
    cat "$log" >&2
    say "error: $what failed (exit code $status)."
  fi
  rm -f "$log"
  return "$status"
}

need_dotnet() {
  command -v dotnet >/dev/null || fail "the .NET SDK is not on PATH." "Install the .NET 10 SDK: https://dotnet.microsoft.com/download"
}
