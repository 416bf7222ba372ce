# SPDX-License-Identifier: GPL-3.0-or-later
# The twelve lines that a person would write instead of graft-cli predict: MODEL.pt FOLDER OUTPUT.csv
import csv, json, sys, torch, torchvision
from torchvision import transforms as T
torch.set_num_threads(2)
model, about = torch.jit.load(sys.argv[1]).eval(), json.load(open(sys.argv[1] + '.json'))
p = about['preprocess']
recipe = T.Compose([T.Resize(p['resize']), T.CenterCrop(p['crop']), T.ToTensor(), T.Normalize(p['mean'], p['std'])])
images = torchvision.datasets.ImageFolder(sys.argv[2], recipe)
rows = []
with torch.no_grad():
    for batch, _ in torch.utils.data.DataLoader(images, batch_size=64, num_workers=2):
        rows += [(about['classes'][int(q.argmax())], float(q.max())) for q in model(batch).softmax(1)]
csv.writer(open(sys.argv[3], 'w')).writerows((path, *row) for (path, _), row in zip(images.samples, rows))
