# SPDX-License-Identifier: GPL-3.0-or-later
"""What is compared: the jobs, the sides, and the command line of each side for each job."""
import argparse
import os
import sys
from dataclasses import dataclass, field

TUTORIAL_BATCH = 4
RESIZE, CROP = 256, 224
MEAN, STD = "0.485,0.456,0.406", "0.229,0.224,0.225"


@dataclass(frozen=True)
class Job:
    key: str
    title: str
    model: str
    train: str  # head, all, or the first stage that is trained
    epochs: int
    lr: float = 0.001  # at the tutorial's batch; larger batches scale it linearly
    after: str = ""  # the job whose feature cache Graft finds
    float32: bool = False  # in PyTorch always: ReLU6 has no backward pass in bfloat16 on its CPU side


JOBS = [
    Job("a", "ResNet-18, the head trained", "resnet18", "head", 25),
    Job("b", "ResNet-18, the head trained again at twice the learning rate", "resnet18", "head", 25, 0.002, "a"),
    Job("c", "ResNet-18, layer4 and the head trained", "resnet18", "layer4", 25),
    Job("d", "ResNet-18, everything trained", "resnet18", "all", 25),
    Job("e1", "MobileNetV2, the head trained", "mobilenet_v2", "head", 25),
    Job("e2", "MobileNetV2, everything trained", "mobilenet_v2", "all", 10, float32=True),
    Job("e3", "EfficientNet-B0, the head trained", "efficientnet_b0", "head", 25),
    Job("e4", "EfficientNet-B0, everything trained", "efficientnet_b0", "all", 10),
    # Real weights wherever there is a clone, so that the accuracies mean something.
    Job("h1", "ShuffleNetV2 with the built-in weights, the head trained", "shufflenet_v2_x1_0", "head", 25),
    Job("h2", "ShuffleNetV2 with the built-in weights, everything trained", "shufflenet_v2_x1_0", "all", 10),
]
LOADING, ROOFLINE = "f", "g"


@dataclass(frozen=True)
class Side:
    key: str
    title: str
    batch: int
    careful: bool = False  # of PyTorch: written with care rather than as in the tutorial
    options: tuple = ()  # more of graft-cli train's

    @property
    def graft(self):
        return self.key.startswith("graft")


SIDES = [
    Side("graft", "Graft", 32),
    Side("tuned", "PyTorch with care", 32, careful=True),
    Side("tutorial", "PyTorch as in the tutorial", TUTORIAL_BATCH),
    Side("graft1", "Graft with 1 variant of each image", 32, options=("--cache-variants", "1")),
    Side("graft4", "Graft, the tutorial's batch", TUTORIAL_BATCH),
    Side("graft0", "Graft without its feature cache", 32, options=("--cache-variants", "0")),
]


@dataclass
class Settings:
    """What this machine and this call decide."""
    root: str
    graft: str  # graft-cli
    python: str  # one that has torch and torchvision
    data: str
    weights: dict  # model: file
    work: str
    graft_options: frozenset = frozenset()  # options that this graft-cli's train knows
    epochs: dict = field(default_factory=dict)  # by job, as per_job() reads them; 0: the job's own
    threads: int = 0  # of PyTorch with care
    workers: int = 0
    processors: int = 1
    precision: str = "float32"
    revision: str = ""  # of the sources that graft was built from, where that is known

    def epochs_of(self, job):
        return count_for(job.key, self.epochs) or job.epochs


def per_job(text):
    """"3,b=1,h=5" as {"": 3, "b": 1, "h": 5}: a number for all jobs and for some of them."""
    counts = {}
    for entry in text.split(","):
        key, _, count = entry.rpartition("=")
        if not count.isdigit():
            raise argparse.ArgumentTypeError(f'"{entry}" is neither COUNT nor JOB=COUNT')
        counts[key] = int(count)
    return counts


def count_for(key, counts):
    """Of the job itself, else of all jobs with its letter, else of all jobs, else 0."""
    return counts.get(key, counts.get(key[0], counts.get("", 0)))


def learning_rate(job, side):
    return job.lr * side.batch / TUTORIAL_BATCH


def graft_command(job, side, settings, run_folder, seed):
    freeze = {"head": ["--freeze", "all"], "all": ["--freeze", "none"]}.get(job.train, ["--train-from", job.train])
    command = [settings.graft, "train", settings.data, "--json", "--backbone", job.model, "--run", run_folder,
               "--weights", settings.weights[job.model], *freeze,
               "--epochs", settings.epochs_of(job), "--batch-size", side.batch, "--seed", seed,
               "--optimizer", "sgd", "--lr", learning_rate(job, side), "--momentum", 0.9,
               "--schedule", "step", "--step-epochs", 7, "--gamma", 0.1,
               "--resize", RESIZE, "--crop", CROP, "--interpolation", "bilinear", "--mean", MEAN, "--std", STD, *side.options]
    if "--precision" in settings.graft_options:
        command += ["--precision", settings.precision]
    return [str(part) for part in command]


def pytorch_style(job, side, settings):
    if not side.careful:
        # PyTorch's wheels start with a thread per core; Debian's build starts with one, which nobody would keep.
        return ["--batch", side.batch, "--val-batch", side.batch, "--workers", 4, "--threads", settings.processors]
    return ["--batch", side.batch, "--val-batch", 2 * side.batch, "--workers", settings.workers,
            "--threads", settings.threads, "--precision", "float32" if job and job.float32 else settings.precision,
            "--channels-last", "--persistent", "--frozen-eval"]


def pytorch_script(settings):
    return [settings.python, os.path.join(settings.root, "bench", "pytorch_job.py")]


def pytorch_command(job, side, settings, seed):
    command = [*pytorch_script(settings), "train", "--data", settings.data, "--model", job.model,
               "--weights", settings.weights[job.model], "--train", job.train,
               "--epochs", settings.epochs_of(job), "--lr", learning_rate(job, side), "--seed", seed,
               "--resize", RESIZE, "--crop", CROP, *pytorch_style(job, side, settings)]
    return [str(part) for part in command]


def loading_command(side, settings, passes):
    if side.graft:
        command = [os.path.join(os.path.dirname(settings.graft), "loading"), settings.data, passes, side.batch]
    else:
        command = [*pytorch_script(settings), "load", "--data", settings.data, "--epochs", passes,
                   "--resize", RESIZE, "--crop", CROP, *pytorch_style(None, side, settings)]
    return [str(part) for part in command]


def chosen(keys, table, what):
    """The entries of a table by key; a letter stands for all keys that start with it."""
    known = [entry.key for entry in table]
    for key in keys:
        if not any(name == key or (name.startswith(key) and len(key) == 1) for name in known):
            sys.exit(f"bench/run: there is no {what} \"{key}\"; known: {', '.join(known)}")
    return [entry for entry in table if entry.key in keys or entry.key[0] in keys]
