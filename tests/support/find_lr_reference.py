# SPDX-License-Identifier: GPL-3.0-or-later
"""The sweep of learning rates over a ResNet-18 of torchvision, trained in PyTorch, with fastai's suggestions.

    find_lr_reference.py MODEL.safetensors FOLDER CASE.json

FOLDER/CLASS/* are the training images, of the size that the network sees; every step is trained on all of them.
CASE: {mean, std, trained: [module, ..], momentum, nesterov, label_smoothing, first, last, count}
Prints JSON: {rates, losses, valley, steepest}; the losses are smoothed.
"""
import json
import pathlib
import sys

import careful_torch  # before torch
import numpy
import torch
import torchvision
from PIL import Image

TYPE = torch.float64
SMOOTHING, DIVERGENCE = 0.98, 4


def read_safetensors(path):
    data = pathlib.Path(path).read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    kinds = {"F32": numpy.float32, "I64": numpy.int64}
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        array = numpy.frombuffer(data[8 + size + begin:8 + size + end], kinds[entry["dtype"]])
        tensors[name] = torch.from_numpy(array.reshape(entry["shape"]).copy())
    return tensors


def read_images(folder, case):
    images, labels = [], []
    for label, group in enumerate(sorted(entry for entry in pathlib.Path(folder).iterdir() if entry.is_dir())):
        for file in sorted(group.iterdir()):
            pixels = numpy.asarray(Image.open(file).convert("RGB"), numpy.float64) / 255
            images.append((pixels - case["mean"]) / case["std"])
            labels.append(label)
    return torch.from_numpy(numpy.stack(images)).permute(0, 3, 1, 2).to(TYPE), torch.tensor(labels)


def valley(rates, losses):
    """As it stands in fastai's callback/schedule.py."""
    n = len(losses)
    max_start, max_end = 0, 0
    lds = [1] * n
    for i in range(1, n):
        for j in range(0, i):
            if (losses[i] < losses[j]) and (lds[i] < lds[j] + 1):
                lds[i] = lds[j] + 1
            if lds[max_end] < lds[i]:
                max_end = i
                max_start = max_end - lds[max_end]
    sections = (max_end - max_start) / 3
    return rates[max_start + int(sections) + int(sections / 2)]


def steep(rates, losses):
    return rates[int(numpy.argmin(numpy.diff(losses) / numpy.diff(numpy.log(rates))))]


def sweep(model, images, labels, case):
    model.eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    parameters = []
    for name in case["trained"]:
        module = model.get_submodule(name)
        module.train()
        for parameter in module.parameters():
            parameters.append(parameter.requires_grad_(True))
    optimizer = torch.optim.SGD(parameters, lr=1, momentum=case["momentum"], nesterov=case["nesterov"])
    # What is frozen gives the same in each step.
    layers = list(model.named_children())
    first = [name for name, _ in layers].index(case["trained"][0])
    with torch.no_grad():
        for _, layer in layers[:first]:
            images = layer(images)

    def answers():
        values = images
        for name, layer in layers[first:]:
            values = layer(values.flatten(1) if name == "fc" else values)
        return values

    rates, losses = [], []
    average, best = 0.0, None
    for step in range(case["count"]):
        rate = case["first"] * (case["last"] / case["first"])**(step / case["count"])
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(answers(), labels, label_smoothing=case["label_smoothing"])
        loss.backward()
        optimizer.step()
        average = SMOOTHING * average + (1 - SMOOTHING) * loss.item()
        smooth = average / (1 - SMOOTHING**(step + 1))
        rates.append(rate)
        losses.append(smooth)
        best = smooth if best is None else min(best, smooth)
        if smooth > DIVERGENCE * best:
            break
    return rates, losses


def main(model_file, folder, case_file):
    case = json.loads(pathlib.Path(case_file).read_text())
    images, labels = read_images(folder, case)
    model = torchvision.models.resnet18(num_classes=int(labels.max()) + 1)
    missing, unexpected = model.load_state_dict(read_safetensors(model_file), strict=False)
    assert not unexpected and all(name.endswith("num_batches_tracked") for name in missing), (missing, unexpected)
    rates, losses = sweep(model.to(TYPE), images, labels, case)
    read = slice(case["count"] // 10, -5)
    print(json.dumps({
        "rates": rates,
        "losses": losses,
        "valley": valley(rates[read], losses[read]),
        "steepest": steep(rates[read], losses[read]),
    }))


if __name__ == "__main__":
    main(*sys.argv[1:])
