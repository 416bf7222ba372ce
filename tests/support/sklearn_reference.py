# SPDX-License-Identifier: GPL-3.0-or-later
"""scikit-learn's figures for FILE, whose lines are "TRUTH PREDICTED P0 P1 ..". Prints JSON."""
import json
import sys
import warnings

import numpy
from sklearn import metrics

rows = numpy.loadtxt(sys.argv[1], ndmin=2)
truth, predicted, scores = rows[:, 0].astype(int), rows[:, 1].astype(int), rows[:, 2:]
labels = list(range(scores.shape[1]))
warnings.simplefilter("ignore")  # classes without support: 0, which is what is asked for


def mean(kind):
    # over the classes that occur
    result = metrics.precision_recall_fscore_support(
        truth, predicted, labels=sorted(set(truth)), average=kind, zero_division=0
    )
    return [float(value) for value in result[:3]]


each = metrics.precision_recall_fscore_support(truth, predicted, labels=labels, average=None, zero_division=0)
print(
    json.dumps(
        {
            "accuracy": float(metrics.accuracy_score(truth, predicted)),
            "top5": float(metrics.top_k_accuracy_score(truth, scores, k=5, labels=labels)) if len(labels) > 5 else None,
            "precision": each[0].tolist(),
            "recall": each[1].tolist(),
            "f1": each[2].tolist(),
            "support": each[3].tolist(),
            "macro": mean("macro"),
            "weighted": mean("weighted"),
            "confusion": metrics.confusion_matrix(truth, predicted, labels=labels).tolist(),
        }
    )
)
