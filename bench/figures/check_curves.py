#!/usr/bin/python3
"""Counts the curves again, from the console's exported rows and with another tool.

Takes the labels that the console exports (GET /api/v1/labels, CSV) and its answer of GET /api/v1/quality/curves for the same range, lead and threshold
rule, computes every figure with scikit-learn, pandas and numpy, and prints both with their tolerance. Exits 1 where one differs.

    apt-get install python3-sklearn python3-pandas
    /usr/bin/python3 bench/figures/check_curves.py --url http://localhost:5080 --key KEY [--from T] [--to T] [--lead 240] [--simulated include]

Leave --to out for "until three hours ago": what is promised later may still be pending in one of the two.
"""
import argparse
import csv
import datetime
import io
import json
import math
import sys
import urllib.parse
import urllib.request

import numpy as np
import pandas as pd
from scipy.stats import norm, t as student
from sklearn.metrics import (average_precision_score, brier_score_loss, confusion_matrix, f1_score, mean_absolute_error, median_absolute_error,
                             precision_score, recall_score, roc_auc_score)

# Counts must be equal; the console takes Student's t by a series and keeps minutes as 32-bit numbers.
EXACT, CLOSE, INTERVAL, MINUTES = 0, 1e-9, 1e-4, 1e-3
Z = 1.959963984540054


def ask(url, key, path, query):
    query = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None})
    request = urllib.request.Request(f"{url}{path}?{query}", headers={"X-Api-Key": key})
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode("utf-8")


def rows_of(text):
    """The exported rows that are at risk and scored. A row of the export was registered and open at its decision, as the export has no others;
    of these label_late or 'touched' says that it is late or on time; pending, unknown and excluded ones are in no figure, and history has no score."""
    frame = pd.DataFrame(csv.DictReader(io.StringIO(text)))
    if frame.empty:
        sys.exit("The export holds no row.")
    counted = (frame.label_late != "") | (frame.label_excluded_reason == "touched")
    unscored = int((counted & (frame.score == "")).sum())
    frame = frame[counted & (frame.score != "")].copy()
    for name in ("score", "threshold", "expected_delay_minutes", "outcome_delay_minutes"):
        # Not pd.to_numeric, which is off in the last place: scores may differ there alone.
        frame[name] = [float(text.lstrip("'")) if text else math.nan for text in frame[name]]
    for name in ("touched", "held_out", "flagged"):
        frame[name] = frame[name].str.lower() == "true"
    frame["late"] = frame.label_late.str.lower() == "true"
    frame["truth"] = frame.label_late != ""
    return frame, unscored


class Check:
    def __init__(self):
        self.wrong = 0
        self.lines = []

    def __call__(self, name, console, here, tolerance):
        if console is None or here is None:
            same, apart = console is None and here is None, "—"
        else:
            apart = abs(console - here)
            same = apart <= tolerance
        self.wrong += not same
        self.lines.append((name, console, here, apart, tolerance, "" if same else "DIFFERS"))

    def all(self, name, pairs, tolerance):
        """Many of a kind in one line: the two that are farthest apart."""
        pairs = list(pairs)
        apart = [abs(a - b) for a, b in pairs]
        worst = int(np.argmax(apart)) if pairs else None
        self(f"{name} ({len(pairs)})", *(pairs[worst] if pairs else (None, None)), tolerance)

    def print(self):
        def text(value):
            return "—" if value is None else value if isinstance(value, str) else f"{value:.10g}"
        for name, *values, verdict in self.lines:
            print(f"{name:<44}" + "".join(f"{text(value):>18}" for value in values[:2]) + f"{text(values[2]):>12}{text(values[3]):>10}  {verdict}")


def wilson(hits, n, effect):
    size, rate = n / effect, hits / n
    centre = (rate + Z * Z / (2 * size)) / (1 + Z * Z / size)
    half = Z / (1 + Z * Z / size) * math.sqrt(rate * (1 - rate) / size + Z * Z / (4 * size * size))
    return 0.0 if hits <= 0 else max(0.0, centre - half), 1.0 if hits >= n else min(1.0, centre + half)


def design_effect(hits, n):
    hits, n = hits[n > 0], n[n > 0]
    rate = hits.sum() / n.sum()
    if len(n) < 2 or rate <= 0 or rate >= 1:
        return 1.0
    clustered = ((hits - rate * n) ** 2).sum() * len(n) / (len(n) - 1) / n.sum() ** 2
    return max(1.0, (student.ppf(0.975, len(n) - 1) / Z) ** 2 * clustered / (rate * (1 - rate) / n.sum()))


def weights_of(frame):
    """1 over the chance of being untouched, by tenth of score and area, each drawn towards the wider group it lies in by ten rows; at most 20."""
    rows = frame[frame.truth]
    missing = frame[~frame.truth]
    if missing.empty:
        return np.ones(len(rows))
    seen = pd.concat([rows[~rows.touched], missing])
    ordered = np.sort(seen.score.to_numpy())
    edges = np.unique([ordered[k * len(ordered) // 10] for k in range(1, 10)])
    seen = seen.assign(bin=np.searchsorted(edges, seen.score.to_numpy(), side="left"))
    least = frame.held_out.mean()
    whole = seen.truth.mean()

    def towards(chance, group):
        return (group.truth.sum() + 10 * chance) / (len(group) + 10)
    # By score, then by time left (the same for all at one lead), then by area.
    of_bin = {b: towards(whole, g) for b, g in seen.groupby("bin")}
    of_time = {b: towards(of_bin[b], g) for b, g in seen.groupby("bin")}
    of_area = {(b, a): towards(of_time[b], g) for (b, a), g in seen.groupby(["bin", "destination_area"])}
    found = np.searchsorted(edges, rows.score.to_numpy(), side="left")
    return np.array([1.0 if touched else min(20.0, 1 / max(of_area[b, area], 1e-9, least))
                     for touched, b, area in zip(rows.touched, found, rows.destination_area)])


def calibration(check, answer, rows, weight):
    scores, late = rows.score.to_numpy(), rows.late.to_numpy().astype(float)
    check("Brier", answer["brier"], brier_score_loss(late, scores, sample_weight=weight), CLOSE)
    check("heaviest weight", answer["heaviestWeight"], weight.max(), CLOSE)
    ordered = np.sort(scores)
    edges, last = [], ordered[0]
    for k in range(1, 10):
        if (edge := ordered[k * len(ordered) // 10]) > last:
            edges.append(edge)
            last = edge
    place = np.searchsorted(edges, scores, side="right")
    total, rate = weight.sum(), (weight * late).sum() / weight.sum()
    parts = dict(reliability=0.0, resolution=0.0, withinBins=0.0, expectedCalibrationError=0.0, expectedCalibrationErrorIfCalibrated=0.0)
    found = []
    for b in sorted(set(place)):
        of = place == b
        w, s, o, n = weight[of], scores[of], late[of], int(of.sum())
        said, came, share = np.average(s, weights=w), np.average(o, weights=w), w.sum() / total
        days = pd.DataFrame({"day": rows.day[of], "hits": w * o * n / w.sum(), "n": w * n / w.sum()}).groupby("day").sum()
        effect = design_effect(days.hits.to_numpy(), days.n.to_numpy())
        low, high = wilson(min((w * o).sum() * n / w.sum(), n), n, effect)
        found.append((n, w.sum(), said, came, low, high, effect))
        parts["reliability"] += share * (said - came) ** 2
        parts["resolution"] += share * (came - rate) ** 2
        parts["withinBins"] += share * (np.average((s - said) ** 2, weights=w) - 2 * np.average((s - said) * (o - came), weights=w))
        parts["expectedCalibrationError"] += share * abs(said - came)
        parts["expectedCalibrationErrorIfCalibrated"] += share * math.sqrt(2 / math.pi * effect * np.average(s * (1 - s), weights=w) / n)
    check("calibration bins", len(answer["bins"]), len(found), EXACT)
    for i, name in enumerate(("n", "weight", "said", "came", "low", "high", "designEffect")):
        tolerance = EXACT if name == "n" else INTERVAL if name in ("low", "high") else 10 * INTERVAL if name == "designEffect" else 1e-7
        check.all(f"calibration bins: {name}", [(b[name], f[i]) for b, f in zip(answer["bins"], found)], tolerance)
    check("uncertainty", answer["uncertainty"], rate * (1 - rate), CLOSE)
    for name, value in parts.items():
        check(name, answer[name], value, INTERVAL if name.endswith("IfCalibrated") else CLOSE)
    check("the parts add up to Brier", answer["brier"], parts["reliability"] - parts["resolution"] + answer["uncertainty"] + parts["withinBins"], CLOSE)


def areas(check, answer, rows):
    late = rows.late.to_numpy()
    both = late.any() and not late.all()
    check("ROC area", answer["rocAuc"] and answer["rocAuc"]["value"], roc_auc_score(late, rows.score) if both else None, CLOSE)
    check("average precision", answer["averagePrecision"] and answer["averagePrecision"]["value"],
          average_precision_score(late, rows.score) if late.any() else None, CLOSE)
    if not both or answer["rocAuc"]["low"] is None:
        return
    days = [group for _, group in rows.groupby("day")]
    random = np.random.default_rng(7)
    drawn = [pd.concat([days[i] for i in random.integers(0, len(days), len(days))]) for _ in range(600)]
    # The ends stand where the percentile bootstrap puts them for so many days (Hesterberg 2015).
    tail = tail_of(len(days))
    for name, measure in (("rocAuc", roc_auc_score), ("averagePrecision", average_precision_score)):
        values = [measure(sample.late, sample.score) for sample in drawn if sample.late.any() and not sample.late.all()]
        low, high = np.quantile(values, [tail, 1 - tail])
        # Other days are drawn here: the ends of two such intervals lie up to about a fifth of a half-width apart.
        check(f"{name}: lower end", answer[name]["low"], low, 0.2 * (high - low))
        check(f"{name}: upper end", answer[name]["high"], high, 0.2 * (high - low))


def tail_of(days):
    return norm.sf(math.sqrt(days / (days - 1)) * student.ppf(0.975, days - 1))


def confusion(check, answer, frame, rows):
    total, points = answer["total"], answer["points"]
    (tn, fp), (fn, tp) = confusion_matrix(rows.late, rows.flagged, labels=[False, True])
    touched = frame[~frame.truth]
    for name, value in dict(tp=tp, fp=fp, fn=fn, tn=tn, avertedOrFalse=touched.flagged.sum(), touchedOnTime=(~touched.flagged).sum()).items():
        check(name, total[name], int(value), EXACT)
    for name, measure, there in (("precision", precision_score, tp + fp), ("recall", recall_score, tp + fn)):
        check(name, total[name] and total[name]["value"], measure(rows.late, rows.flagged) if there else None, CLOSE)
    check("F1", total["f1"], f1_score(rows.late, rows.flagged) if tp + fp + fn else None, CLOSE)
    check("weighted F1", total["weightedF1"], f1_score(rows.late, rows.flagged, average="weighted"), CLOSE)
    check("precision of everything still open", total["stillOpenRule"]["precision"], rows.late.mean(), CLOSE)
    for name, flagged, n in (("precision", rows[rows.flagged], tp + fp), ("recall", rows[rows.late], tp + fn)):
        if not n:
            continue
        days = flagged.groupby("day").apply(lambda g: pd.Series({"hits": float((g.late & g.flagged).sum()), "n": float(len(g))}))
        effect = design_effect(days.hits.to_numpy(), days.n.to_numpy())
        low, high = wilson(float(tp), float(n), effect)
        check(f"{name}: design effect", total[name]["designEffect"], effect, effect * INTERVAL)
        check(f"{name}: lower end", total[name]["low"], low, INTERVAL)
        check(f"{name}: upper end", total[name]["high"], high, INTERVAL)
    counts = [(p, int((rows.late & (rows.score >= p["threshold"])).sum()), int((~rows.late & (rows.score >= p["threshold"])).sum())) for p in points]
    check.all("points: TP", [(p["tp"], t) for p, t, _ in counts], EXACT)
    check.all("points: FP", [(p["fp"], f) for p, _, f in counts], EXACT)
    check.all("points: recall", [(p["recall"], recall_score(rows.late, rows.score >= p["threshold"])) for p in points if p["recall"] is not None], CLOSE)
    check.all("points: precision", [(p["precision"], precision_score(rows.late, rows.score >= p["threshold"])) for p in points], CLOSE)
    edges = np.array([s["from"] for s in answer["scores"]][1:])
    for name, of in (("late", rows[rows.late]), ("onTime", rows[~rows.late]), ("touchedOnTime", touched)):
        here = np.bincount(np.searchsorted(edges, of.score, side="right"), minlength=len(edges) + 1)
        check.all(f"scores: {name}", [(s[name], int(h)) for s, h in zip(answer["scores"], here)], EXACT)


def minutes(check, answer, rows):
    for name, of in (("late", rows[rows.late]), ("flagged", rows[rows.flagged]), ("all", rows)):
        figure = answer[name]
        delivered = of[of.outcome_delay_minutes.notna()]
        check(f"minutes of {name}: undelivered", figure["undelivered"], len(of) - len(delivered), EXACT)
        if figure["notKept"]:
            print(f"{figure['notKept']} rows of '{name}' were settled before minutes were kept: their errors can't be compared.")
            continue
        check(f"minutes of {name}: n", figure["n"], len(delivered), EXACT)
        if delivered.empty:
            continue
        came, said = delivered.outcome_delay_minutes, delivered.expected_delay_minutes
        check(f"minutes of {name}: mean error", figure["meanAbsoluteError"], mean_absolute_error(came, said), MINUTES)
        check(f"minutes of {name}: median error", figure["medianAbsoluteError"], median_absolute_error(came, said), MINUTES)
        check(f"minutes of {name}: median, signed", figure["medianError"], float((came - said).median()), MINUTES)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://localhost:5080")
    parser.add_argument("--key", required=True)
    parser.add_argument("--from", dest="start")
    parser.add_argument("--to")
    parser.add_argument("--lead", default="240")
    parser.add_argument("--simulated", default="include")
    given = parser.parse_args()
    end = given.to or (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=3)).strftime("%Y-%m-%dT%H:00:00Z")
    query = {"from": given.start, "to": end, "simulated": given.simulated}
    answer = json.loads(ask(given.url, given.key, "/api/v1/quality/curves", {**query, "lead": given.lead}))
    frame, unscored = rows_of(ask(given.url, given.key, "/api/v1/labels", {**query, "decision": f"lead:{given.lead}", "format": "csv"}))
    frame["day"] = pd.to_datetime(frame.promised_by, utc=True).dt.tz_convert(answer["timeZone"]).dt.date
    rows = frame[frame.truth].reset_index(drop=True)

    check = Check()
    check("rows with a truth", answer["rows"]["n"], len(rows), EXACT)
    check("late", answer["rows"]["late"], int(rows.late.sum()), EXACT)
    check("on time, untouched", answer["rows"]["onTime"], int((~rows.late).sum()), EXACT)
    check("touched and on time", answer["rows"]["touchedOnTime"], len(frame) - len(rows), EXACT)
    check("promise days", answer["rows"]["days"], rows.day.nunique(), EXACT)
    check("at risk", answer["total"]["atRisk"], len(frame) + answer["rows"]["withoutScore"], EXACT)
    areas(check, answer, rows)
    confusion(check, answer, frame, rows)
    calibration(check, answer["calibration"], rows, weights_of(frame))
    minutes(check, answer["minutes"], rows)

    print(f"lead {given.lead}, to {end}, {len(rows)} rows, {unscored} exported rows without a score (history)\n")
    print(f"{'figure':<44}{'console':>18}{'here':>18}{'apart':>12}{'at most':>10}")
    check.print()
    print(f"\n{len(check.lines)} figures, {check.wrong} differ. Not compared: the coverage of the interval, whose ends are not in the export.")
    sys.exit(1 if check.wrong else 0)


main()
