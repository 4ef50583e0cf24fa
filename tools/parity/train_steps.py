"""Ten Adam steps of a tiny BERT in PyTorch, as a fixture for packages/training: batches, losses, gradient norms, and the
weights before, after 1 and after 10 steps. Dropout is off, as no two libraries draw the same masks.

    python tools/parity/train_steps.py
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tiny_models import LABELS, tiny

FOLDER = Path(__file__).parents[2] / "packages/training/test/fixtures/adam"
STEPS, ROWS, LENGTH, RATE = 10, 4, 7, 1e-3


def batches():
    """Batches with padding; the last row of every third one is filler, which PyTorch does not see."""
    draw = torch.Generator().manual_seed(11)
    for step in range(STEPS):
        lengths = torch.randint(3, LENGTH + 1, (ROWS,), generator=draw)
        mask = (torch.arange(LENGTH)[None, :] < lengths[:, None]).long()
        ids = torch.randint(3, 24, (ROWS, LENGTH), generator=draw) * mask
        types = (torch.arange(LENGTH)[None, :] >= 3).long() * mask
        real = ROWS - 1 if step % 3 == 2 else ROWS
        yield ids, types.expand(ROWS, LENGTH), mask, torch.randint(0, LABELS, (ROWS,), generator=draw), real


def main():
    model = tiny("bert", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    FOLDER.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(FOLDER)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    records = []
    for step, (ids, types, mask, labels, real) in enumerate(batches()):
        optimizer.zero_grad()
        inputs = {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
        loss = model(**{name: rows[:real] for name, rows in inputs.items()}, labels=labels[:real]).loss
        loss.backward()
        norm = torch.cat([parameter.grad.flatten().double() for parameter in model.parameters()]).norm()
        optimizer.step()
        records.append({
            "ids": ids.flatten().tolist(), "typeIds": types.flatten().tolist(), "mask": mask.flatten().tolist(),
            "labels": labels.tolist(), "real": real, "loss": loss.item(), "gradientNorm": norm.item(),
        })
        if step + 1 in (1, STEPS):
            state = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
            save_file(state, FOLDER / f"after-{step + 1}.safetensors")
    settings = {"rows": ROWS, "length": LENGTH, "learningRate": RATE, "steps": records}
    (FOLDER / "steps.json").write_text(json.dumps(settings) + "\n")


main()
