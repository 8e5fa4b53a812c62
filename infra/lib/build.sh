# Sourced: builds the executable when a source is newer than the last build.

executable=$root/artifacts/bin/Etl.Loader.App/release/etl-loader
stamp=$root/artifacts/built

is_built() {
  [ -x "$executable" ] && [ -f "$stamp" ] || return 1
  [ -z "$(cd "$root" && find src infra/samples Directory.Build.props Directory.Packages.props global.json BannedSymbols.txt -newer "$stamp" -print -quit)" ]
}

build() {
  is_built && return 0
  need_dotnet
  mkdir -p "$root/artifacts"
  touch "$stamp.begun"
  say_while "building" dotnet build "$root/src/Etl.Loader.App" --configuration Release --disable-build-servers --verbosity quiet || return 2
  mv "$stamp.begun" "$stamp"
}
