# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the last layer of torchvision's ResNet-18 with torch's optimizer and schedulers.
Usage: schedule_reference.py START IMAGES step|cosine|linear|one_cycle EPOCHS LR

START: a safetensors file with all of the network, as it begins. IMAGES: FOLDER/CLASS/*.png, one batch an epoch, as they
are (no resizing, no augmentation). Prints the learning rate of every epoch, then fc.weight and fc.bias in the end.
"""
import json
import pathlib
import struct
import sys

import numpy
import PIL.Image
import torch
import torchvision

start, images, schedule, epochs, rate = sys.argv[1:]
data = pathlib.Path(start).read_bytes()
size = struct.unpack("<Q", data[:8])[0]
state = {}
for name, entry in json.loads(data[8:8 + size]).items():
    if name == "__metadata__":
        continue
    begin, end = (8 + size + offset for offset in entry["data_offsets"])
    kind = {"F32": numpy.float32, "I64": numpy.int64}[entry["dtype"]]
    state[name] = torch.from_numpy(numpy.frombuffer(data[begin:end], kind).copy().reshape(entry["shape"]))

pictures, labels = [], []
for label, folder in enumerate(sorted(p for p in pathlib.Path(images).iterdir() if p.is_dir())):
    for file in sorted(folder.glob("*.png")):
        pixels = numpy.asarray(PIL.Image.open(file).convert("RGB"), dtype=numpy.float32) / 255
        pictures.append((pixels - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225])
        labels.append(label)
batch = torch.tensor(numpy.stack(pictures), dtype=torch.float32).permute(0, 3, 1, 2)
truth = torch.tensor(labels)

model = torchvision.models.resnet18(weights=None, num_classes=max(labels) + 1)
model.load_state_dict(state)
model.eval()
optimizer = torch.optim.SGD(model.fc.parameters(), lr=float(rate), momentum=0.9)
schedulers = torch.optim.lr_scheduler
scheduler = {
    "step": lambda: schedulers.StepLR(optimizer, step_size=2, gamma=0.1),
    "cosine": lambda: schedulers.CosineAnnealingLR(optimizer, T_max=int(epochs)),
    "linear": lambda: schedulers.LinearLR(optimizer, start_factor=1, end_factor=0, total_iters=int(epochs)),
    "one_cycle": lambda: schedulers.OneCycleLR(optimizer, max_lr=float(rate), total_steps=int(epochs)),
}[schedule]()
for _ in range(int(epochs)):
    print(optimizer.param_groups[0]["lr"])
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(model(batch), truth).backward()
    optimizer.step()
    scheduler.step()
for tensor in (model.fc.weight, model.fc.bias):
    for value in tensor.detach().flatten().tolist():
        print(value)
