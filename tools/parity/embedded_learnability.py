"""What a tiny transformer of PyTorch reaches on the embedded corpora, clean and on the twins.

    node tools/parity/embedded_corpus.mjs > corpora.json      (after npm run build)
    python tools/parity/embedded_learnability.py corpora.json [--steps 200] [--rate 1e-3] [--examples 1600] [--seeds 3]
"""

import argparse
import json

import torch
from transformers import BertConfig, BertForSequenceClassification


def batch(rows):
    length = max(len(row["ids"]) for row in rows)
    padded = torch.zeros(3, len(rows), length, dtype=torch.long)
    for index, row in enumerate(rows):
        for part, values in enumerate((row["ids"], row["typeIds"], [1] * len(row["ids"]))):
            padded[part, index, : len(values)] = torch.tensor(values)
    names = ("input_ids", "token_type_ids", "attention_mask")
    return dict(zip(names, padded)), torch.tensor([row["label"] for row in rows])


@torch.no_grad()
def correct(model, rows):
    model.eval()
    inputs, labels = batch(rows)
    hits = model(**inputs).logits.argmax(1).eq(labels).float()
    model.train()
    return hits


def train(task, vocabulary, options, seed):
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=vocabulary, hidden_size=64, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=128, max_position_embeddings=64, num_labels=task["labels"],
    )  # fmt: skip
    model = BertForSequenceClassification(config).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=options.rate)
    rows, order, curve = task["train"][: options.examples], [], []
    for step in range(options.steps):
        if len(order) < 16:
            order = torch.randperm(len(rows)).tolist()
        chosen, order = order[:16], order[16:]
        share = min(1, 10 * (step + 1) / options.steps, (options.steps - step) / (0.9 * options.steps))
        optimizer.param_groups[0]["lr"] = options.rate * share
        inputs, labels = batch([rows[index] for index in chosen])
        optimizer.zero_grad()
        model(**inputs, labels=labels).loss.backward()
        optimizer.step()
        if (step + 1) % max(1, options.steps // 4) == 0:
            curve.append(round(correct(model, task["validation"]).mean().item(), 3))
    return curve, correct(model, task["adversarial"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("corpora")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--examples", type=int, default=1600)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    corpora = json.load(open(options.corpora))
    for name, task in corpora["tasks"].items():
        for seed in range(options.seeds):
            curve, hits = train(task, corpora["vocabulary"], options, seed)
            levels = [row["level"] for row in task["adversarial"]]
            by_level = {
                level: round(hits[[index for index, one in enumerate(levels) if one == level]].mean().item(), 2)
                for level in ("word", "sentence", "human")
            }
            print(name, f"seed {seed} clean by quarter {curve} twins {hits.mean().item():.3f}", by_level, flush=True)
