# SPDX-License-Identifier: GPL-3.0-or-later
"""What both sides start from: the programs, the same files in the same split, the same weights."""
import json
import os
import shutil
import subprocess
import sys
from urllib.parse import quote

from compare import jobs

OFFICIAL = {  # first published weights first: they are what the sizes 256 and 224 belong to
    "resnet18": ["resnet18-f37072fd.pth"],
    "mobilenet_v2": ["mobilenet_v2-b0353104.pth", "mobilenet_v2-7ebf99e0.pth"],
    "efficientnet_b0": ["efficientnet_b0_rwightman-7f5810bc.pth", "efficientnet_b0_rwightman-3dd342df.pth"],
}


def find_python():
    """A Python that has torch and torchvision; Debian's lies beside whatever else is first in PATH."""
    for python in dict.fromkeys([sys.executable, shutil.which("python3") or "", "/usr/bin/python3"]):
        if python and subprocess.run([python, "-c", "import torch, torchvision"], capture_output=True).returncode == 0:
            return python
    sys.exit("bench/run: no Python with torch and torchvision was found; the comparison needs them. On Debian: "
             "apt-get install python3-torch python3-torchvision. Others: bench/run --python /path/to/python3")


def build(root):
    """graft-cli and the measuring programs of the release preset; says where graft-cli lies."""
    print("Building (build/release) ...", file=sys.stderr)
    for command in (["cmake", "--preset", "release", "-DBUILD_TESTING=OFF", "--log-level=WARNING"],
                    ["cmake", "--build", "--preset", "release", "--target", "graft_cli", "loading", "roofline"]):
        if subprocess.run(command, cwd=root, stdout=sys.stderr).returncode != 0:
            sys.exit("bench/run: the build failed; ./run installs what it needs. " + " ".join(command))
    return os.path.join(root, "build", "release", "bin", "graft-cli")


def train_options(graft):
    text = subprocess.run([graft, "train", "--help"], capture_output=True, text=True, check=True).stdout
    return frozenset(word.rstrip(",") for word in text.split() if word.startswith("--"))


def backbones(graft):
    text = subprocess.run([graft, "backbones", "--json"], capture_output=True, text=True, check=True).stdout
    return {entry["name"] for entry in json.loads(text)}


def same_files(graft, data, work):
    """A folder {train,val}/CLASS of links to what Graft uses of the data, in its split, so that PyTorch sees neither
    damaged files nor another split. The split is read from the folder of a tiny run."""
    run, tree = os.path.join(work, "split-run"), os.path.join(work, "data")
    for folder in (run, tree):
        shutil.rmtree(folder, ignore_errors=True)
    tiny = [graft, "train", data, "--backbone", "mobilenet_v2", "--weights", "none", "--freeze", "all", "--epochs", "1",
            "--resize", "32", "--crop", "32", "--run", run]
    if "--cache-variants" in train_options(graft):
        tiny += ["--cache-variants", "0"]
    outcome = subprocess.run(tiny, capture_output=True, text=True)
    if outcome.returncode != 0:
        sys.exit(f"bench/run: {data} cannot be trained on: {outcome.stderr.strip()}")
    with open(os.path.join(run, "dataset.json")) as file:
        dataset = json.load(file)
    counts = {"train": 0, "val": 0}
    for sample in dataset["files"]:
        if sample["split"] not in counts:
            continue
        folder = os.path.join(tree, sample["split"], dataset["classes"][sample["class"]])
        os.makedirs(folder, exist_ok=True)
        # The path in the name keeps files of the same name in different folders apart.
        link = os.path.join(folder, quote(sample["path"], safe="")[-200:])
        os.symlink(os.path.join(dataset["root"], sample["path"]), link)
        counts[sample["split"]] += 1
    shutil.rmtree(run)
    return tree, counts


def pretrained_file(model, root):
    """The file with pretrained weights that this machine has, or that comes with Graft, or none."""
    home = os.path.expanduser("~")
    store = os.path.join(os.environ.get("XDG_DATA_HOME") or os.path.join(home, ".local/share"), "graft", "weights")
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    torch_home = os.path.join(os.environ.get("TORCH_HOME") or os.path.join(cache, "torch"), "hub", "checkpoints")
    shared = os.path.join(root, "..", "shared", "weights", f"{model}-imagenet.safetensors")
    built_in = os.path.join(root, "resources", "backbones", f"{model}-Built-in.safetensors")
    files = [os.path.join(folder, name) for name in OFFICIAL.get(model, []) for folder in (store, torch_home)]
    return next((file for file in [built_in, *files, shared] if os.path.isfile(file)), None)


def start_weights(models, given, settings):
    """Fills settings.weights; says which models start from random weights."""
    random = []
    for model, file in given.items():
        if not os.path.isfile(file):
            sys.exit(f"bench/run: there is no file {file} for {model}")
    for model in models:
        file = given.get(model) or pretrained_file(model, settings.root)
        if not file:
            random.append(model)
            file = os.path.join(settings.work, f"{model}-random.pth")
        if not os.path.isfile(file):
            subprocess.run([*jobs.pytorch_script(settings), "random-weights", "--model", model, "--weights", file],
                           check=True, stdout=subprocess.DEVNULL)
        settings.weights[model] = os.path.abspath(file)
    return random
