#!/usr/bin/python3
"""Counts by itself, from the CSV files alone, what a backtest must have counted, and compares number by number. Exit 1 on any difference.

usage: count_backtest.py URL KEY DATA TRAINER

Of the product it takes two things only: the scores, which POST /predictions tells of each shipment that was open, as of its moment; and the version's
threshold. Who was late, on time or never heard of again, who was open a day before the promise, who had finished or wasn't booked by then, and who
belongs to the training window is read off the files' times here."""
import collections, csv, datetime, gzip, json, os, sys, time, urllib.error, urllib.request, zoneinfo

url, key, data, trainer = sys.argv[1:]
zone = zoneinfo.ZoneInfo("America/Sao_Paulo")
CUT = datetime.datetime(2018, 4, 13, 16, 43, 5, tzinfo=zone)
LEAD = 1440
UNKNOWN_AFTER = datetime.timedelta(days=14)
NAMES = ["shipments", "late", "onTime", "unknown", "excluded", "pending", "atRisk", "finishedEarlier", "registeredTooLate", "tp", "fp", "fn", "tn"]


def call(method, path, body=None):
    request = urllib.request.Request(url + path, method=method, data=None if body is None else json.dumps(body).encode())
    request.add_header("X-Api-Key", key)
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=600) as answer:
            return answer.headers, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as refused:
        sys.exit(f"{method} {path}: {refused.code} {refused.read().decode()}")


def until_done(location):
    while True:
        _, run = call("GET", location)
        if run["state"] not in ("queued", "running"):
            break
        time.sleep(1)
    if run["state"] != "succeeded":
        sys.exit(f"The run {run['state']}: {run['error']}")
    return run


def moment(text):
    """Local times without a zone: an hour that the clocks' change repeats is taken for the later one, one it skips for the one after it."""
    if not text:
        return None
    local = datetime.datetime.fromisoformat(text)
    at = local.replace(tzinfo=zone, fold=1).astimezone(datetime.timezone.utc)
    return at if at.astimezone(zone).replace(tzinfo=None, fold=0) == local else local.replace(tzinfo=zone).astimezone(datetime.timezone.utc)


Parcel = collections.namedtuple("Parcel", "id booked approved collected delivered promised")


def parcels():
    for name in ("shipments.csv.gz", "other_orders.csv.gz"):
        with gzip.open(os.path.join(data, name), "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield Parcel(row["shipment_id"], *(moment(row[column]) for column in ("purchased_at", "approved_at", "handed_over_at", "delivered_at", "promised_at")))


def outcome(parcel, now):
    if parcel.delivered:
        return "late" if parcel.delivered > parcel.promised else "onTime"
    heard_after = any(at and at > parcel.promised for at in (parcel.approved, parcel.collected))
    return "unknown" if now > parcel.promised + UNKNOWN_AFTER and not heard_after else "late"


def standing(parcel, at):
    if at is None:  # It never came to be decided about.
        return "finishedEarlier"
    if parcel.booked > at:
        return "registeredTooLate"
    return "finishedEarlier" if parcel.delivered and parcel.delivered <= at else "atRisk"


def scores(model, asked):
    told = {}
    for i in range(0, len(asked), 5000):
        _, answer = call("POST", "/api/v1/predictions", {"model": model, "items": [{"shipmentId": id, "asOf": at.isoformat()} for id, at in asked[i:i + 5000]]})
        for item in answer["predictions"]:
            if item.get("error"):
                sys.exit(f"no score of {item}")
            told[item["shipmentId"]] = item["score"]
        threshold = answer["threshold"]
    return told, threshold


def count(model, at_moment):
    """Counts of all parcels outside the training window, of those inside, and of each day of the promise."""
    now = datetime.datetime.now(datetime.timezone.utc)
    all_of = [(parcel, outcome(parcel, now), at_moment(parcel)) for parcel in parcels()]
    all_of = [(parcel, of, at, standing(parcel, at)) for parcel, of, at in all_of]
    told, threshold = scores(model, [(parcel.id, at) for parcel, of, at, where in all_of if of in ("late", "onTime") and where == "atRisk"])
    total, inside, days = collections.Counter(), collections.Counter(), collections.defaultdict(collections.Counter)
    for parcel, of, at, where in all_of:
        counted = ["shipments", of]
        if of in ("late", "onTime"):
            counted.append(where)
            if where == "atRisk":
                flagged = told[parcel.id] >= threshold
                counted.append(("tp" if flagged else "fn") if of == "late" else ("fp" if flagged else "tn"))
        into = [inside] if parcel.booked < CUT else [total, days[parcel.promised.astimezone(zone).date()]]
        for counter in into:
            counter.update(counted)
    return total, inside, days, threshold, len(told)


def differences(what, mine, bucket):
    return [f"{what}: {name} is {mine[name]} by the file and {bucket[name]} by the product" for name in NAMES if mine[name] != bucket[name]]


def compare(model, words, query, at_moment):
    started = time.time()
    _, run = None, until_done(call("POST", f"/api/v1/models/{model}/backtest", {})[0]["Location"])
    took = time.time() - started
    started = time.time()
    _, answer = call("GET", f"/api/v1/quality?basis=backtest&model={model}{query}")
    read = time.time() - started
    total, inside, days, threshold, asked = count(model, at_moment)
    wrong = differences("total", total, answer["total"]) + differences("inSample", inside, answer["inSample"])
    seen = set()
    for bucket in answer["buckets"]:
        day = datetime.datetime.fromisoformat(bucket["start"]).astimezone(zone).date()
        seen.add(day)
        wrong += differences(str(day), days[day], bucket)
    wrong += [f"{day}: {days[day]['shipments']} by the file, no bucket by the product" for day in set(days) - seen]
    print(f"\n{model}, {words}, threshold {threshold}: backtest of {run['metrics']['shipments']} shipments, {run['metrics']['scores']} scores in {took:.1f} s; asked in {1000 * read:.0f} ms")
    print(f"{'':16}{'by the file':>13}{'by the product':>16}{'in sample: file':>17}{'product':>10}")
    for name in NAMES:
        print(f"{name:16}{total[name]:13}{answer['total'][name]:16}{inside[name]:17}{answer['inSample'][name]:10}")
    print(f"{len(answer['buckets'])} days, {asked} scores asked one by one: " + (f"{len(wrong)} differences" if wrong else "every count equal, by day too"))
    for line in wrong[:20]:
        print("  " + line)
    return wrong


started = time.time()
until_done(call("POST", "/api/v1/models/train", {"trainer": trainer, "to": CUT.isoformat(), "name": "olist-grid", "simulated": "exclude"})[0]["Location"])
print(f"trained over the lead grid in {time.time() - started:.0f} s")
wrong = compare("olist-grid", f"{LEAD} minutes before the promise", f"&lead={LEAD}", lambda parcel: parcel.promised - datetime.timedelta(minutes=LEAD))
wrong += compare("olist", "when the hand-over was known", "", lambda parcel: parcel.collected)
sys.exit(1 if wrong else 0)
