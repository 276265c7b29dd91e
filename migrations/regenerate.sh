#!/usr/bin/env bash
# Before the first release there is one migration a provider, made anew from the model: migrations/regenerate.sh
# After it: migrations/regenerate.sh NAME adds one to both.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet tool restore >/dev/null
for provider in Sqlite SqlServer; do
  project=migrations/OpsConsole.Migrations.$provider
  [ $# -gt 0 ] || rm -rf "$project/Migrations"
  dotnet build "$project" --nologo -v q >/dev/null
  dotnet ef migrations add "${1:-Initial}" --no-build --project "$project" --startup-project "$project" --output-dir Migrations
done
