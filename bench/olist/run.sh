#!/usr/bin/env bash
# Real deliveries through the whole product: bench/olist/run.sh [lightgbm|logistic]
#
# Publishes the program, starts it on a free port with an empty data folder, posts every shipment and event through the API, trains on the rows of
# the earlier 70 %, scores the test rows as of their hand-over, and prints the table of score.py, which holds the scores against strong models'.
# Then trains over the lead grid, posts the orders that were never delivered, backtests both versions, and has count_backtest.py compare every count
# with one made from the files alone; exit 1 on any difference.
#
# The data is found at ../shared/data/olist or where OPSCONSOLE_DATA says, score.py beside it at ../../tools or where OPSCONSOLE_SCORE says; it
# is not part of this repository (CC BY-NC-SA 4.0) and nothing of it is kept. Exit 3: the data isn't there. Needs python3 with scikit-learn and
# pandas for the table (on Debian: apt-get install python3-sklearn python3-pandas).
set -euo pipefail
cd "$(dirname "$0")/../.."
trainer=${1:-lightgbm}
data=${OPSCONSOLE_DATA:-../shared/data/olist}
[ -f "$data/shipments.csv.gz" ] || data=$data/olist
if [ ! -f "$data/shipments.csv.gz" ]; then
  echo "The data isn't here: looked for shipments.csv.gz in ${OPSCONSOLE_DATA:-../shared/data/olist}. Say where it is with OPSCONSOLE_DATA." >&2
  exit 3
fi
score=${OPSCONSOLE_SCORE:-$data/../../tools/score.py}
python=$( [ -x /usr/bin/python3 ] && echo /usr/bin/python3 || echo python3 )

work=$(mktemp -d)
server=
finish() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT

echo "Publishing" >&2
dotnet publish src/OpsConsole.Web -c Release -o "$work/program" --nologo -v q >"$work/publish.log" || { tail -20 "$work/publish.log" >&2; exit 1; }
dotnet publish src/OpsConsole.Simulator -c Release -o "$work/simulator" --nologo -v q >"$work/publish.log" || { tail -20 "$work/publish.log" >&2; exit 1; }

port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url=http://127.0.0.1:$port
key=$("$python" -c 'import secrets; print(secrets.token_hex(24))')
ConnectionStrings__OpsConsole="Data Source=$work/data/opsconsole.db" DataDirectory="$work/data" Demo__Enabled=false Bootstrap__ApiKey=$key \
  Operations__TimeZone=America/Sao_Paulo ASPNETCORE_ENVIRONMENT=Production ASPNETCORE_URLS=$url \
  dotnet "$work/program/OpsConsole.Web.dll" >"$work/server.log" 2>&1 &
server=$!
for _ in $(seq 120); do
  "$python" - "$url" <<'PY' 2>/dev/null && break || sleep 0.5
import sys, urllib.request
urllib.request.urlopen(sys.argv[1] + "/health/ready", timeout=2)
PY
  kill -0 "$server" 2>/dev/null || { tail -20 "$work/server.log" >&2; exit 1; }
done

echo "Posting every shipment and event" >&2
dotnet "$work/simulator/OpsConsole.Simulator.dll" replay "$data/shipments.csv.gz" --mapping bench/olist/mapping.json --url "$url" --key "$key" --history >&2
"$python" bench/olist/train_and_score.py "$url" "$key" "$data" "$trainer" "$work/scores.csv" || { tail -5 "$work/server.log" >&2; exit 1; }
"$python" "$score" "$work/scores.csv"

echo "Posting the orders that were never delivered, and counting a backtest's numbers from the files" >&2
dotnet "$work/simulator/OpsConsole.Simulator.dll" replay "$data/other_orders.csv.gz" --mapping bench/olist/mapping.json --url "$url" --key "$key" --history >&2
"$python" bench/olist/count_backtest.py "$url" "$key" "$data" "$trainer" || { tail -5 "$work/server.log" >&2; exit 1; }
