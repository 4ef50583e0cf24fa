"""Statistics by statsmodels, scipy and scikit-learn, for packages/core/test/fixtures.

    pip install statsmodels==0.15.0 scikit-learn==1.9.1
    python tools/parity/statistics_reference.py packages/core/test/fixtures/statistics.json

Inputs are drawn here and written beside the results, so that the test needs no Python. Values with a closed form are
held exactly; bootstraps are held to the t tests and cluster-robust errors that they agree with at these sizes.
"""

import json
import sys

import numpy as np
import statsmodels.api as sm
from scipy import stats
from sklearn.metrics import balanced_accuracy_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import ttost_paired

random = np.random.default_rng(20)


def differences(n, gain, loss):
    return random.choice([1, 0, -1], size=n, p=[gain, 1 - gain - loss, loss])


def equivalence(n, gain, loss, margin):
    values = differences(n, gain, loss)
    p, *_ = ttost_paired(values, np.zeros(n), -margin, margin)
    low, high = stats.t.interval(0.9, n - 1, values.mean(), stats.sem(values))
    return {"differences": values.tolist(), "margin": margin, "p": p, "low": low, "high": high}


def clustered(clusters, size):
    """Differences that groups of `size` examples share to a large part."""
    groups = np.repeat(np.arange(clusters), size)
    shared = differences(clusters, 0.3, 0.15)[groups]
    values = np.where(random.uniform(size=clusters * size) < 0.7, shared, differences(clusters * size, 0.3, 0.15))
    fit = sm.OLS(values, np.ones(len(values)))
    robust = fit.fit(cov_type="cluster", cov_kwds={"groups": groups})
    return {
        "differences": values.tolist(),
        "groups": [str(group) for group in groups],
        "error": float(robust.bse[0]),
        "errorOfExamples": float(fit.fit().bse[0]),
    }


def labelled(n, shares):
    labels = random.choice(len(shares), size=n, p=shares)
    predictions = np.where(random.uniform(size=n) < 0.6, labels, random.integers(len(shares), size=n))
    score = balanced_accuracy_score(labels, predictions)
    return {"labels": labels.tolist(), "predictions": predictions.tolist(), "score": score}


p_values = [np.sort(random.uniform(size=n) ** 2)[random.permutation(n)].tolist() for n in (1, 4, 9)]
sample = random.normal(size=25)
reference = {
    "mcnemar": [
        {"onlyFirst": a, "onlySecond": b, "p": mcnemar([[9, a], [b, 4]], exact=True).pvalue}
        for a, b in [(0, 0), (3, 11), (12, 5), (8, 8), (140, 190)]
    ],
    "holm": [{"p": p, "adjusted": multipletests(p, method="holm")[1].tolist()} for p in p_values],
    "bonferroni": [
        {"p": p, "size": 12, "adjusted": multipletests(p + [1.0] * (12 - len(p)), method="bonferroni")[1][: len(p)].tolist()}
        for p in p_values
    ],
    "wilson": [
        {"successes": k, "n": n, "interval": proportion_confint(k, n, method="wilson")}
        for k, n in [(0, 30), (75, 148), (500, 500), (386, 500)]
    ],
    "percentile": {"values": sample.tolist(), "low": np.quantile(sample, 0.025), "high": np.quantile(sample, 0.975)},
    "equivalence": [equivalence(900, 0.03, 0.03, 0.02), equivalence(400, 0.06, 0.05, 0.03), equivalence(500, 0.05, 0.09, 0.01)],
    "clustered": [clustered(150, 4), clustered(200, 2)],
    "balanced": [labelled(120, [0.8, 0.2]), labelled(150, [0.7, 0.2, 0.1])],
}
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(reference, file, default=float)
    file.write("\n")
