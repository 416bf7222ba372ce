#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One job of bench/run in PyTorch and torchvision: one process, one job, one JSON document on standard output.

The settings say how the job is written. As PyTorch's transfer learning tutorial writes it: batch 4, 4 workers, NCHW,
everything in training mode, all batches alike. With care: larger batches, workers that live on, channels-last, the
frozen part in evaluation mode.
"""
import argparse
import contextlib
import copy
import json
import os
import sys
import time

import torch
import torchvision
from torch import nn
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


class Images(ImageFolder):
    """ImageFolder that takes every file (bench/run lists only images) and the training folder's class numbers."""

    def __init__(self, root, transform, numbers=None):
        self._numbers = numbers
        super().__init__(root, transform, is_valid_file=lambda path: True)

    def find_classes(self, directory):
        names, numbers = super().find_classes(directory)
        # A class without validation images has no folder here, and torchvision wants images for each number.
        return names, {name: self._numbers[name] for name in names} if self._numbers else numbers


def augmented(options):
    return transforms.Compose([transforms.RandomResizedCrop(options.crop), transforms.RandomHorizontalFlip(),
                               transforms.ToTensor(), transforms.Normalize(MEAN, STD)])


def centred(options):
    return transforms.Compose([transforms.Resize(options.resize), transforms.CenterCrop(options.crop),
                               transforms.ToTensor(), transforms.Normalize(MEAN, STD)])


def make_loader(images, batch, options, shuffle=True, **more):
    return DataLoader(images, batch_size=batch, shuffle=shuffle, num_workers=options.workers,
                      persistent_workers=options.persistent and options.workers > 0, **more)


def read_safetensors(path):
    types = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64}
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = torch.frombuffer(data[begin:end], dtype=types[entry["dtype"]]).reshape(entry["shape"])
    return tensors


def build_model(options, classes):
    """The backbone with the weights given and a new last layer; names the child that holds this layer."""
    model = getattr(torchvision.models, options.model)(weights=None)
    read = read_safetensors if options.weights.endswith(".safetensors") else torch.load
    model.load_state_dict(read(options.weights))
    head = list(dict(model.named_children()))[-1]
    last = getattr(model, head)
    if isinstance(last, nn.Sequential):
        last[-1] = nn.Linear(last[-1].in_features, classes)
    else:
        setattr(model, head, nn.Linear(last.in_features, classes))
    return model, head


def freeze_before(model, first):
    """Without gradients up to the child named first (none: nothing is frozen); autograd then records nothing there."""
    frozen = []
    for name, child in model.named_children():
        if first is None or name == first:
            break
        child.requires_grad_(False)
        frozen.append(child)
    return frozen


def reduced(options):
    if options.precision == "float32":
        return contextlib.nullcontext()
    return torch.autocast("cpu", dtype=getattr(torch, options.precision))


def run_epoch(model, loader, options, optimizer=None):
    """One pass: training where there is an optimizer, validation where there is none. Gives loss and accuracy."""
    criterion = nn.CrossEntropyLoss()
    loss_sum, correct, count = 0.0, 0, 0
    for inputs, labels in loader:
        if options.channels_last:
            inputs = inputs.contiguous(memory_format=torch.channels_last)
        with torch.set_grad_enabled(optimizer is not None):
            with reduced(options):
                outputs = model(inputs)
            loss = criterion(outputs.float(), labels)
            if optimizer is not None:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        loss_sum += loss.item() * len(labels)
        correct += (outputs.argmax(1) == labels).sum().item()
        count += len(labels)
    return loss_sum / count, correct / count


def train(options):
    train_images = Images(os.path.join(options.data, "train"), augmented(options))
    val_images = Images(os.path.join(options.data, "val"), centred(options), train_images.class_to_idx)
    train_loader = make_loader(train_images, options.batch, options)
    val_loader = make_loader(val_images, options.val_batch, options, shuffle=not options.frozen_eval)

    model, head = build_model(options, len(train_images.classes))
    frozen = freeze_before(model, {"head": head, "all": None}.get(options.train, options.train))
    if options.channels_last:
        model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=options.lr, momentum=0.9)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=7, gamma=0.1)

    epochs, best, best_state = [], 0.0, None
    for epoch in range(1, options.epochs + 1):
        start = time.perf_counter()
        model.train()
        for child in frozen if options.frozen_eval else []:
            child.eval()
        train_loss, train_accuracy = run_epoch(model, train_loader, options, optimizer)
        schedule.step()
        model.eval()
        val_loss, val_accuracy = run_epoch(model, val_loader, options)
        if val_accuracy > best:
            best, best_state = val_accuracy, copy.deepcopy(model.state_dict())
        print(f"epoch {epoch}/{options.epochs}  validation {val_loss:.4f} {val_accuracy:.4f}",
              file=sys.stderr, flush=True)
        epochs.append({"epoch": epoch, "train_loss": train_loss, "train_accuracy": train_accuracy,
                       "val_loss": val_loss, "val_accuracy": val_accuracy, "seconds": time.perf_counter() - start})
    if best_state is not None:
        model.load_state_dict(best_state)
    return {"val_accuracy": best, "epochs": epochs}


def timed_pass(loader, passes=1):
    start, count = time.perf_counter(), 0
    for _ in range(passes):
        for batch in loader:
            count += len(batch[0])
    seconds = time.perf_counter() - start
    return {"images": count, "seconds": seconds, "images_per_second": count / seconds}


def decoded_size(image):
    return torch.tensor(image.size)  # the file has been read to its end by now; its pixels stay in the worker


def load(options):
    """Every file once to its end, then augmented batches, both without a network."""
    every = Images(os.path.join(options.data, "train"), decoded_size) + \
        Images(os.path.join(options.data, "val"), decoded_size)
    batches = Images(os.path.join(options.data, "train"), augmented(options))
    return {"scan": timed_pass(make_loader(every, options.batch, options, shuffle=False)),
            "load": timed_pass(make_loader(batches, options.batch, options), options.epochs)}


def random_weights(options):
    """Writes the architecture's random weights, for machines that have no pretrained file."""
    torch.save(getattr(torchvision.models, options.model)(weights=None).state_dict(), options.weights)
    return {"weights": options.weights}


def describe(options):
    return {"python": sys.version.split()[0], "torch": torch.__version__, "torchvision": torchvision.__version__,
            "onednn": torch.backends.mkldnn.is_available(), "default_threads": torch.get_num_threads()}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("job", choices=["train", "load", "random-weights", "describe"])
    parser.add_argument("--data")
    parser.add_argument("--model", default="resnet18")
    parser.add_argument("--weights", help=".pth or .safetensors with torchvision's names")
    parser.add_argument("--train", default="head", help="head, all, or the first child that is trained (layer4)")
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--lr", type=float, default=0.001)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--val-batch", type=int, default=4)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--threads", type=int, default=0, help="compute threads (0: PyTorch's default)")
    parser.add_argument("--resize", type=int, default=256)
    parser.add_argument("--crop", type=int, default=224)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--persistent", action="store_true", help="workers live on between epochs")
    parser.add_argument("--frozen-eval", action="store_true", help="the frozen part runs in evaluation mode")
    return parser.parse_args()


def main():
    options = parse_arguments()
    if options.threads > 0:
        torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    jobs = {"train": train, "load": load, "random-weights": random_weights, "describe": describe}
    print(json.dumps(jobs[options.job](options)))


if __name__ == "__main__":
    main()
