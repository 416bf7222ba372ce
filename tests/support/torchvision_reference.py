#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""References from torchvision and PyTorch for the tests. Commands:

models FOLDER SEED NAME:SIDE..   NAME.pth with random weights, NAME.in and NAME.out (raw float32), see models()
real FOLDER WEIGHTS NAME     the same for a safetensors file with all 1000 classes
jit FILE IN OUT SIDE         opens TorchScript, runs IN (N x 3 x SIDE x SIDE), writes OUT
load NAME FILE CLASSES IN OUT SIDE   loads safetensors into torchvision's model, runs IN, writes OUT
parameters NAME..            parameter counts, as JSON
names NAME                   the keys of its state dict, as JSON
stages FOLDER NAME SIDE MODULE..   NAME.pth with random weights and picture.png; of what each module gives for it,
                             as JSON, every channel's deviation over the map, and the map of the strongest
"""
import json
import struct
import sys

import numpy as np

import careful_torch  # before torch
import torch
import torchvision
from torch.utils._python_dispatch import TorchDispatchMode

torch.set_num_threads(2)


def read_safetensors(path):
    types = {"F32": np.float32, "F16": np.float16, "I64": np.int64}
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    return {
        name: torch.from_numpy(
            np.frombuffer(data[e["data_offsets"][0] : e["data_offsets"][1]], types[e["dtype"]]).reshape(e["shape"]).copy()
        )
        for name, e in header.items()
        if name != "__metadata__"
    }


def build(name, classes=1000, side=224):
    options = {}
    if name in ("googlenet", "inception_v3"):  # Graft has no auxiliary classifiers
        options = {"aux_logits": False, "init_weights": False}
    if name.startswith("vit_"):
        options = {"image_size": side}
    return getattr(torchvision.models, name)(num_classes=classes, **options)


def run(model, images):
    with torch.no_grad():
        return model.eval()(images).numpy().astype(np.float32)


def read_images(path, side):
    return torch.from_numpy(np.fromfile(path, np.float32).reshape(-1, 3, side, side))


def save_case(folder, name, model, side):
    images = torch.randn(2, 3, side, side)
    images.numpy().tofile(f"{folder}/{name}.in")
    run(model, images).tofile(f"{folder}/{name}.out")


def randomise(model):
    """Values that no constant start hides: a wrong batch norm, layer scale or position bias must show."""
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.0)
            torch.nn.init.normal_(module.running_mean, 0, 0.1)
            torch.nn.init.uniform_(module.running_var, 0.7, 1.5)
        if hasattr(module, "p") and isinstance(module.p, float):  # dropout and stochastic depth
            module.p = 0.0
    for name, parameter in model.named_parameters():
        if name.endswith("layer_scale"):
            torch.nn.init.uniform_(parameter, 0.1, 0.4)
        elif name.endswith(("bias", "relative_position_bias_table", "class_token", "pos_embedding")):
            torch.nn.init.normal_(parameter, 0, 0.1)


def save_training(folder, name, model, side):
    """NAME.batch: 4 images. NAME.loss: the loss of this batch (labels 0, 7, 14, 21) in training mode before and after
    one step of SGD, and the step's learning rate. The step is made so small that it lowers the loss by about 0.05:
    larger ones amplify the rounding of deep random networks."""
    batch = torch.randn(4, 3, side, side)
    batch.numpy().tofile(f"{folder}/{name}.batch")
    model.train()
    loss_of = lambda: torch.nn.functional.cross_entropy(model(batch), torch.arange(4) * 7)
    before = loss_of()
    before.backward()
    rate = 0.05 / sum(p.grad.square().sum().item() for p in model.parameters() if p.grad is not None)
    torch.optim.SGD(model.parameters(), lr=rate).step()
    with torch.no_grad():
        after = loss_of()
    np.array([before.item(), after.item(), rate], np.float32).tofile(f"{folder}/{name}.loss")


def models(folder, seed, *cases):
    """Each case is NAME:SIDE; its files are save_case's and save_training's."""
    torch.manual_seed(int(seed))
    for case in cases:
        name, side = case.split(":")
        model = build(name, side=int(side))
        randomise(model)
        torch.save(model.state_dict(), f"{folder}/{name}.pth")
        save_case(folder, name, model, int(side))
        save_training(folder, name, model, int(side))


def real(folder, weights, name):
    torch.manual_seed(8)
    model = build(name)
    model.load_state_dict(read_safetensors(weights), strict=True)
    save_case(folder, "real-" + name, model, 96)


def jit(file, images, output, side):
    model = torch.jit.load(file)
    run(model, read_images(images, int(side))).tofile(output)


def load(name, file, classes, images, output, side):
    model = build(name, int(classes))
    model.load_state_dict(read_safetensors(file), strict=True)
    run(model, read_images(images, int(side))).tofile(output)


class OnMeta(TorchDispatchMode):
    """Whatever is made inside has a shape and no values, so that the largest networks cost nothing."""

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if "device" in kwargs and function.overloadpacket is not torch.ops.aten.arange:
            kwargs["device"] = torch.device("meta")
        return function(*args, **kwargs)


def parameters(*names):
    with OnMeta():
        print(json.dumps({name: sum(p.numel() for p in build(name).parameters()) for name in names}))


def names(name):
    with OnMeta():
        print(json.dumps(list(build(name).state_dict())))


def as_map(output):
    """C x H x W; of tokens without the class token; of N x H x W x C."""
    output = output[0]
    if output.dim() == 2:
        side = int(len(output) ** 0.5)
        return output[len(output) - side * side :].T.reshape(-1, side, side)
    return output.permute(2, 0, 1) if output.shape[0] == output.shape[1] else output


def stages(folder, name, side, *modules):
    from PIL import Image
    from torchvision.transforms.functional import normalize, to_tensor

    torch.manual_seed(7)
    side = int(side)
    coarse = np.random.default_rng(7).integers(0, 255, (5, 5, 3), dtype=np.uint8)
    picture = Image.fromarray(coarse).resize((side, side), Image.BICUBIC)
    picture.save(f"{folder}/picture.png")
    model = build(name, 2, side)
    randomise(model)
    torch.save(model.state_dict(), f"{folder}/{name}.pth")
    given = {}
    for module in modules:
        model.get_submodule(module).register_forward_hook(lambda _, __, output, key=module: given.update({key: output}))
    run(model, normalize(to_tensor(picture), [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])[None])
    answer = {}
    for module in modules:
        maps = as_map(given[module])
        deviation = maps.flatten(1).std(1, unbiased=False)
        best = maps[deviation.argmax()]
        best = (best - best.min()) / (best.max() - best.min()) * 255
        answer[module] = {
            "deviation": deviation.tolist(),
            "side": best.shape[0],
            "strongest": best.flatten().tolist(),
        }
    print(json.dumps(answer))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
