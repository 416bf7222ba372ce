# SPDX-License-Identifier: GPL-3.0-or-later
"""The measurements as Markdown between two marker comments; the rest of the file is left alone."""
import os
from statistics import median

from compare import jobs

BEGIN = "<!-- bench/run writes from here: do not edit -->"
END = "<!-- bench/run writes to here -->"
FRACTION = 0.95


def number(value, digits=0):
    return "–" if value is None else f"{value:,.{digits}f}"


def final_accuracy(run):
    epochs = run["document"]["epochs"]
    return epochs[-1]["val_accuracy"] if epochs else None


def target_accuracy(runs):
    """95 % of what PyTorch with care ends with, so that all sides run to the same line; without it, of all."""
    reference = [run for run in runs if run["side"] == "tuned"] or runs
    return FRACTION * median(final_accuracy(run) for run in reference)


def seconds_to(run, target):
    return next((epoch["at"] for epoch in run["document"]["epochs"] if epoch["val_accuracy"] >= target), None)


def reached_text(runs, target):
    """The median, and how many runs got there where not all did."""
    reached = [seconds for seconds in (seconds_to(run, target) for run in runs) if seconds is not None]
    share = f" ({len(reached)} of {len(runs)})" if 0 < len(reached) < len(runs) else ""
    return number(median(reached) if reached else None, 1) + share


def pair_ratios(runs, side):
    """PyTorch's seconds over Graft's, pair by pair."""
    seconds = {(run["pair"], run["side"]): run["seconds"] for run in runs}
    return [value / seconds[pair, "graft"] for (pair, name), value in seconds.items()
            if name == side and (pair, "graft") in seconds]


def with_range(values, digits):
    """The median, and the range where there is more than one value."""
    if not values:
        return ""
    spread = f" ({min(values):.{digits}f} to {max(values):.{digits}f})" if len(values) > 1 else ""
    return f"{median(values):.{digits}f}{spread}"


def job_rows(job, raw):
    runs = [run for run in raw["runs"] if run["job"] == job.key and "error" not in run]
    if not runs:
        return []
    target = target_accuracy(runs)
    rows, label = [], f"**{job.key}**"
    for side in jobs.SIDES:
        mine = [run for run in runs if run["side"] == side.key]
        if not mine:
            continue
        epochs = len(mine[0]["document"]["epochs"])
        cells = [label, side.title, number(median(raw["images"]["train"] * epochs / run["seconds"] for run in mine), 1),
                 number(median(run["seconds"] for run in mine), 1),
                 reached_text(mine, target),
                 with_range([100 * run["document"]["val_accuracy"] for run in mine], 1),
                 with_range([100 * final_accuracy(run) for run in mine], 1),
                 number(median(run["peak_megabytes"] for run in mine)),
                 "1" if side.key == "graft" else with_range(pair_ratios(runs, side.key), 2)]
        rows.append("| " + " | ".join(cells) + " |")
        label = ""
    return rows


def job_table(raw):
    rows = [row for job in jobs.JOBS for row in job_rows(job, raw)]
    if not rows:
        return []
    listed = [job for job in jobs.JOBS if any(run["job"] == job.key for run in raw["runs"])]
    settings = "; ".join(f"**{job.key}** {job.title}, {raw['epochs'][job.key]} epochs" for job in listed)
    head = ["", "images/s", "seconds", f"s to {100 * FRACTION:.0f} %", "best %", "last %", "peak MB",
            "seconds / Graft's"]
    return ["### Jobs", settings + ".", "",
            "| job | " + " | ".join(head) + " |", "| --- | --- |" + " --- |" * (len(head) - 1), *rows, "",
            "Images/s: training images of all epochs over the seconds, which hold everything from the start of the "
            "process to its end, validation after each epoch too. To 95 %: the end of the first epoch whose validation "
            "accuracy is 95 % of what PyTorch with care ends with. Best: validation accuracy of the best epoch, which is "
            "kept; last: of the last epoch. Peak: proportional set size of all processes of the job, five samples a "
            "second. Medians over the rounds (and ranges, each round with a seed of its own); the last column is the "
            "median of the ratios within a round.", ""]


def style_lines(raw):
    return ["Graft and PyTorch with care: batch 32, learning rate 8 times the tutorial's, SGD with momentum 0.9, a "
            "tenth every 7 epochs. PyTorch with care: channels-last, persistent workers, "
            f"{raw['threads']} threads and {raw['workers']} workers ({raw['chosen']}), validation in batches of 64, "
            f"the frozen part in evaluation mode and without gradients, {raw['precision']}. As in the tutorial: batch "
            f"4, 4 workers, learning rate 0.001, NCHW, float32, {raw['machine']['processors']} threads. All: random "
            "resized crop and flip, the same files in the same split, 256 pixels cropped to 224 for validation.", "",
            raw["cache"], ""]


def weights_lines(raw):
    lines = [f"- {model}: `{os.path.basename(file)}`" for model, file in sorted(raw["weights"].items())]
    if raw["random"]:
        lines.append(f"- No pretrained file was found for {', '.join(raw['random'])}: both sides start from the "
                     "same random weights, so the accuracies of these jobs mean nothing.")
    return ["Weights that both sides start from:", *lines, ""] if lines else []


def loading_lines(raw):
    runs = [run for run in raw["runs"] if run["job"] == jobs.LOADING and "error" not in run]
    if not runs:
        return []
    lines = ["### f: scanning and decoding alone",
             "Without the start of the process. Scanned: every file decoded to its end (Graft also computes its "
             "SHA-256). Loaded: random resized crop to 224, flip, normalised batches.", "",
             "| | scanned, images/s | loaded, images/s | peak MB | Graft's rates / PyTorch's |",
             "| --- | --- | --- | --- | --- |"]
    for side in jobs.SIDES:
        mine = [run for run in runs if run["side"] == side.key]
        if mine:
            lines.append(loading_row(side, mine, runs))
    return [*lines, ""]


def loading_row(side, mine, runs):
    tasks = ("scan", "load")
    ratios = [] if side.graft else [with_range(rate_ratios(runs, side.key, task), 2) for task in tasks]
    rates = [number(median(run["document"][task]["images_per_second"] for run in mine)) for task in tasks]
    peak = number(median(run["peak_megabytes"] for run in mine))
    return "| " + " | ".join([side.title, *rates, peak, ", ".join(ratios)]) + " |"


def rate_ratios(runs, side, what):
    rates = {(run["pair"], run["side"]): run["document"][what]["images_per_second"] for run in runs}
    return [rates[pair, "graft"] / value for (pair, name), value in rates.items()
            if name == side and (pair, "graft") in rates]


def end_to_end_share(raw, flop, peak):
    """The share of the peak that (d) reaches from the start of the process to its end."""
    runs = [run for run in raw["runs"] if (run["job"], run["side"]) == ("d", "graft") and "error" not in run]
    if not runs:
        return []
    images = raw["images"]
    per_epoch = images["train"] * 3 + images["val"]  # forward passes; a training step counts as three
    rate = median(per_epoch * len(run["document"]["epochs"]) / run["seconds"] for run in runs)
    trained = median(images["train"] * len(run["document"]["epochs"]) / run["seconds"] for run in runs)
    return [roofline_row("(d) from start to end, validation and decoding in it", trained, rate * flop / 1e9, peak)]


def roofline_row(title, rate, gflops, peak):
    return f"| {title} | {number(rate, 1)} | {number(gflops)} | {number(100 * gflops / peak)} % |"


def roofline_lines(raw):
    runs = [run["document"] for run in raw["runs"] if run["job"] == jobs.ROOFLINE and "error" not in run]
    if not runs:
        return []
    flop = runs[0]["flop_per_image"]
    lines = ["### g: roofline",
             f"The peak is oneDNN's own convolutions, 3 x 3 as in ResNet, {runs[0]['threads']} threads, best of several. "
             f"ResNet-18 at 224 pixels is {flop / 1e9:.2f} GFLOP an image, three times that in training.", "",
             "| | images/s | GFLOP/s | share of the peak |", "| --- | --- | --- | --- |"]
    for precision in ("float32", "bfloat16"):
        measured = [document[precision] for document in runs if precision in document]
        if not measured:
            continue
        best = max(measured, key=lambda entry: entry["peak_gflops"])  # noise only ever takes away
        peak = best["peak_gflops"]
        lines.append(f"| **{precision}**: the peak ({best['peak_shape']}) | | {number(peak)} | 100 % |")
        for name, title, factor in (("prefix", "the frozen prefix of (a), network alone", 1),
                                    ("training", "a training step of (d), network alone", 3)):
            rate = max(entry[name]["images_per_second"] for entry in measured)
            lines.append(roofline_row(title, rate, rate * factor * flop / 1e9, peak))
        if precision == raw["precision"]:
            lines += end_to_end_share(raw, flop, peak)
    return [*lines, ""]


def rounds_text(raw):
    """How often each job was measured, and how often it was to be where the run was cut short."""
    texts = []
    for key, wanted in raw["pairs"].items():
        done = max((run["pair"] for run in raw["runs"] if run["job"] == key), default=0)
        texts.append(f"{key} {done}" + (f" of {wanted}" if done < wanted else ""))
    return "; rounds: " + ", ".join(texts) if texts else ""


def machine_lines(raw):
    machine, python = raw["machine"], raw["machine"]["python"]
    loads = [run["load"] for run in raw["runs"] if "load" in run]
    beside = f" Load average before each run: {min(loads):.1f} to {max(loads):.1f}." if loads else ""
    return ["## Against PyTorch on the same machine",
            f"{raw['date']}, {machine['cpu']}, {machine['cores']} cores, {machine['processors']} processors "
            f"({', '.join(machine['units'])}), {machine['memory']} GB, {machine['system']}. {machine['graft']}; "
            f"PyTorch {python.get('torch')}, torchvision {python.get('torchvision')}, Python {python.get('python')}. "
            f"Sides interleaved{rounds_text(raw)}.{beside}", "",
            f"`{raw['command']}` ({raw['images']['train']} training and {raw['images']['val']} validation images)", ""]


def failure_lines(raw):
    failed = [f"- **{run['job']}, {run['side']} failed**: {run['error'][:400]}"
              for run in raw["runs"] if "error" in run]
    return [*failed, ""] if failed else []


def render(raw):
    parts = [machine_lines(raw), failure_lines(raw), job_table(raw)]
    if any(job.key == run["job"] for run in raw["runs"] for job in jobs.JOBS):
        parts += [style_lines(raw), weights_lines(raw)]
    parts += [loading_lines(raw), roofline_lines(raw)]
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def write(path, raw):
    """Replaces what lies between the markers; appends both to a file that has none."""
    text = ""
    if os.path.exists(path):
        with open(path) as file:
            text = file.read()
    block = f"{BEGIN}\n{render(raw)}{END}"
    if BEGIN in text and END in text:
        before, rest = text.split(BEGIN, 1)
        text = before + block + rest.split(END, 1)[1]
    else:
        text = (text.rstrip() + "\n\n" if text.strip() else "# Measurements\n\n") + block + "\n"
    with open(path + ".new", "w") as file:
        file.write(text)
    os.replace(path + ".new", path)
