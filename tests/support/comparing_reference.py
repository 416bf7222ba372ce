# SPDX-License-Identifier: GPL-3.0-or-later
"""What comparing backbones rests on, by NumPy, SciPy and scikit-learn.

    comparing_reference.py logme FILE        lines "LABEL X0 X1 ..": {log_me, by_class}
    comparing_reference.py linear FILE L2    lines "LABEL FOLD X0 X1 ..": {accuracy, log_loss, right}
    comparing_reference.py folds FILE N      lines "LABEL X0 X1 ..": {accuracy}, the penalty searched, folds of its own
    comparing_reference.py wilson SHARE N CONFIDENCE       {low, high}
    comparing_reference.py paired BOTH FIRST SECOND NONE CONFIDENCE   {value, low, high}
"""
import json
import sys
import warnings

import numpy
import scipy.optimize
import scipy.stats


def read(path, leading):
    rows = numpy.loadtxt(path, ndmin=2)
    return rows[:, :leading].astype(int), rows[:, leading:]


def log_evidence(features, target, alpha, beta):
    """Of y = F m + noise with m ~ N(0, 1 / alpha), noise ~ N(0, 1 / beta): m integrated out, y is a Gaussian."""
    covariance = numpy.eye(len(target)) / beta + features @ features.T / alpha
    sign, log_determinant = numpy.linalg.slogdet(covariance)
    assert sign > 0
    return -0.5 * (
        len(target) * numpy.log(2 * numpy.pi) + log_determinant + target @ numpy.linalg.solve(covariance, target)
    )


def log_me(path):
    labels, features = read(path, 1)
    labels = labels[:, 0]
    best = []
    for label in sorted(set(labels)):
        target = (labels == label).astype(float)
        values = []
        for start in [(0.0, 0.0), (3.0, 1.0), (-2.0, 3.0), (5.0, 5.0)]:
            found = scipy.optimize.minimize(
                lambda logs: -log_evidence(features, target, *numpy.exp(logs)),
                start,
                method="Nelder-Mead",
                options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 10000, "maxfev": 10000},
            )
            values.append(-found.fun)
        best.append(max(values) / len(target))
    return {"log_me": float(numpy.mean(best)), "by_class": best}


def pipeline(**options):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(solver="lbfgs", tol=1e-9, max_iter=20000, **options))


def linear(path, l2):
    leading, features = read(path, 2)
    labels, folds = leading[:, 0], leading[:, 1]
    right, loss = numpy.zeros(len(labels), bool), 0.0
    for fold in sorted(set(folds)):
        learnt, asked = folds != fold, folds == fold
        # scikit-learn adds the penalty to C times the sum of the losses, Graft to their mean.
        model = pipeline(C=1 / (l2 * learnt.sum())).fit(features[learnt], labels[learnt])
        probabilities = model.predict_proba(features[asked])
        columns = numpy.searchsorted(model.classes_, labels[asked])
        loss -= numpy.log(probabilities[numpy.arange(asked.sum()), columns]).sum()
        right[asked] = model.predict(features[asked]) == labels[asked]
    return {"accuracy": float(right.mean()), "log_loss": loss / len(labels), "right": right.astype(int).tolist()}


def folds(path, count):
    from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score

    labels, features = read(path, 1)
    labels = labels[:, 0]
    search = GridSearchCV(
        pipeline(),
        {"logisticregression__C": numpy.logspace(-3, 2, 8)},
        cv=StratifiedKFold(3, shuffle=True, random_state=0),
        scoring="neg_log_loss",
    )
    cv = StratifiedKFold(count, shuffle=True, random_state=0)
    scores = cross_val_score(search, features, labels, cv=cv, scoring="accuracy")
    return {"accuracy": float(scores.mean())}


def wilson(share, n, confidence):
    """The shares that a score test of this level does not reject."""
    z = scipy.stats.norm.ppf(0.5 + confidence / 2)

    def score(p):
        return (share - p) ** 2 - z * z * p * (1 - p) / n

    # A share of 0 or 1 is a root of its own, which is no limit.
    below, above = min(share, 1 - 1e-9), max(share, 1e-9)
    low = scipy.optimize.brentq(score, 0, below, xtol=1e-14) if share > 0 else 0.0
    high = scipy.optimize.brentq(score, above, 1, xtol=1e-14) if share < 1 else 1.0
    return {"low": low, "high": high}


def paired(both, first, second, none, confidence):
    """Newcombe 1998, method 10."""
    n = both + first + second + none
    p1, p2 = (both + first) / n, (both + second) / n
    one, two = wilson(p1, n, confidence), wilson(p2, n, confidence)
    product = (both + first) * (second + none) * (both + second) * (first + none)
    phi = 0.0
    if product > 0:
        b = both * none - first * second
        phi = (b - n / 2 if b > n / 2 else 0 if b >= 0 else b) / numpy.sqrt(product)
    down1, up1, down2, up2 = p1 - one["low"], one["high"] - p1, p2 - two["low"], two["high"] - p2
    return {
        "value": p1 - p2,
        "low": p1 - p2 - numpy.sqrt(down1**2 - 2 * phi * down1 * up2 + up2**2),
        "high": p1 - p2 + numpy.sqrt(up1**2 - 2 * phi * up1 * down2 + down2**2),
    }


warnings.simplefilter("ignore")
task, arguments = sys.argv[1], sys.argv[2:]
if task == "logme":
    answer = log_me(arguments[0])
elif task == "linear":
    answer = linear(arguments[0], float(arguments[1]))
elif task == "folds":
    answer = folds(arguments[0], int(arguments[1]))
elif task == "wilson":
    answer = wilson(float(arguments[0]), int(arguments[1]), float(arguments[2]))
else:
    answer = paired(*map(int, arguments[:4]), float(arguments[4]))
print(json.dumps(answer))
