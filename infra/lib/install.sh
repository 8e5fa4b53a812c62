# Sourced: installs what is missing by the system's package manager, as root only; else names the line to run.

has_postgres() {
  local place
  for place in ${PATH//:/ } /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
    [ -x "$place/initdb" ] && [ -x "$place/postgres" ] && return 0
  done
  return 1
}

has_chromium() {
  local program
  for program in chromium-headless-shell chromium chromium-browser google-chrome; do
    command -v "$program" >/dev/null && return 0
  done
  return 1
}

# Debian's build without windows draws the same pages for less.
install_chromium_by_apt() { install_by_apt chromium-headless-shell || install_by_apt chromium; }

# Debian's package makes and starts a cluster of its own unless told before it is installed.
install_postgres_by_apt() {
  mkdir -p /etc/postgresql-common/createcluster.d
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/etl-loader.conf
  install_by_apt postgresql
}

install_by_apt() {
  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

# need NAME TEST APT-COMMAND APT-LINE DNF-PACKAGES
need() {
  local name=$1 present=$2 by_apt=$3 apt_line=$4 dnf_package=$5
  "$present" && return 0
  if command -v apt-get >/dev/null; then
    [ "$(id -u)" -eq 0 ] || fail "$name is not installed." "Run: sudo sh -c '$apt_line'"
    # shellcheck disable=SC2086  # a command with its arguments
    say_while "installing $name" $by_apt
  elif command -v dnf >/dev/null; then
    [ "$(id -u)" -eq 0 ] || fail "$name is not installed." "Run: sudo dnf install $dnf_package"
    # shellcheck disable=SC2086  # one or several
    say_while "installing $name" dnf install -y $dnf_package
  else
    fail "$name is not installed." "Install it by your package manager and put its programs on PATH."
  fi
  "$present" || fail "$name was installed, but its programs are not in the usual places." "Put them on PATH."
}

need_postgres() {
  need PostgreSQL has_postgres install_postgres_by_apt \
    'mkdir -p /etc/postgresql-common/createcluster.d && echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/etl-loader.conf && apt-get update && apt-get install postgresql' \
    postgresql-server
}

need_chromium() {
  need Chromium has_chromium install_chromium_by_apt 'apt-get update && apt-get install chromium-headless-shell' chromium
}

has_pgbouncer() { command -v pgbouncer >/dev/null || [ -x /usr/sbin/pgbouncer ]; }

# Debian's package starts a pooler of its own where there is a service manager; it is not used.
need_pgbouncer() {
  need PgBouncer has_pgbouncer 'install_by_apt pgbouncer' 'apt-get update && apt-get install pgbouncer' pgbouncer
}

has_shells() { command -v zsh >/dev/null && command -v fish >/dev/null; }

need_shells() {
  need 'zsh or fish' has_shells 'install_by_apt zsh fish' 'apt-get update && apt-get install zsh fish' 'zsh fish'
}
