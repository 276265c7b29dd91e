#!/usr/bin/python3
"""Trains through the API on the rows booked before the cut, scores the test rows as of their hand-over, writes shipment_id,score,minutes.

usage: train_and_score.py URL KEY DATA TRAINER OUT.csv

What the model may know: shipments booked before the cut, decided when `collected` was first known. The test rows are booked after it: neither
their outcomes, nor their categories, nor their part in calibration reach the model."""
import csv, datetime, gzip, json, os, sys, time, urllib.error, urllib.request, zoneinfo

url, key, data, trainer, out = sys.argv[1:]
zone = zoneinfo.ZoneInfo("America/Sao_Paulo")
CUT = datetime.datetime(2018, 4, 13, 16, 43, 5, tzinfo=zone)


def call(method, path, body=None):
    request = urllib.request.Request(url + path, method=method, data=None if body is None else json.dumps(body).encode())
    request.add_header("X-Api-Key", key)
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=600) as answer:
            return answer.headers, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as refused:
        sys.exit(f"{method} {path}: {refused.code} {refused.read().decode()}")


def local(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone)


started = time.time()
headers, _ = call("POST", "/api/v1/models/train", {"trainer": trainer, "to": CUT.isoformat(), "decisionPoint": "collected", "name": "olist", "simulated": "exclude"})
while True:
    _, run = call("GET", headers["Location"])
    if run["state"] not in ("queued", "running"):
        break
    time.sleep(1)
if run["state"] != "succeeded":
    sys.exit(f"The run {run['state']}: {run['error']}")
metrics = run["metrics"]
print(f"trained in {time.time() - started:.0f} s on {metrics['rows']} rows; {metrics['fittedOn']}")
for name in ("model", "rule"):
    figures = metrics[name]
    print(f"  hold-out, {name:5}: " + ", ".join(f"{figure} {figures[figure]:.4g}" for figure in ("rocAuc", "prAuc", "brier", "logLoss", "maeMinutes")))

mapping = json.load(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "mapping.json")))
prefix = mapping.get("idPrefix", "")
with gzip.open(os.path.join(data, "shipments.csv.gz"), "rt", encoding="utf-8", newline="") as file:
    tests = [(row["shipment_id"], local(row["handed_over_at"])) for row in csv.DictReader(file) if row["split"] == "test"]
started = time.time()
_, answer = call("POST", "/api/v1/predictions", {"model": "olist", "items": [{"shipmentId": prefix + id, "asOf": at.isoformat()} for id, at in tests]})
print(f"scored {len(tests)} test shipments in {time.time() - started:.1f} s")
failed = [item for item in answer["predictions"] if item.get("error")]
if failed:
    sys.exit(f"{len(failed)} of {len(tests)} have no score, such as {failed[0]}")
with open(out, "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["shipment_id", "score", "expected_delay_minutes"])
    for (id, _), item in zip(tests, answer["predictions"]):
        writer.writerow([id, repr(item["score"]), repr(item["expectedDelayMinutes"])])
