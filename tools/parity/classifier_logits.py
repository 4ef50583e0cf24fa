"""Writes tiny random checkpoints as transformers saves them, with the logits that PyTorch computes.

    python tools/parity/classifier_logits.py packages/models/test/fixtures

Needs torch, transformers and safetensors. packages/models/test/parity.test.ts reads the result.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from tiny_models import batch, tiny


def logits_with_dropout(model, inputs):
    """Logits in training mode, the masks drawn by a rule: element k of the s-th mask is dropped where 7k + 3s ends in 0."""
    calls = 0

    def dropout(x, p=0.5, training=True, inplace=False):
        nonlocal calls
        if not training or p == 0:
            return x
        keep = (7 * torch.arange(x.numel()) + 3 * calls) % 10 != 0
        calls += 1
        return x * keep.reshape(x.shape) / (1 - p)

    original, torch.nn.functional.dropout = torch.nn.functional.dropout, dropout
    try:
        return model.train()(**inputs).logits
    finally:
        torch.nn.functional.dropout = original
        model.eval()


def write(root: Path, name: str, model, family: str) -> None:
    folder = root / name
    model.save_pretrained(folder)
    inputs = batch(family)
    with torch.no_grad():
        arguments = {key: value for key, value in inputs.items() if key != "labels"}
        logits = model(**arguments).logits
        dropped = logits_with_dropout(model, arguments)
    expected = {key: value.tolist() for key, value in inputs.items()} | {
        "logits": logits.tolist(),
        "logits_with_dropout": dropped.tolist(),
    }
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")
    for extra in ("generation_config.json", "training_args.bin"):
        (folder / extra).unlink(missing_ok=True)


def write_mpnet(root: Path) -> None:
    """MPNet, with 48 positions, so that distances reach the buckets that several of them share; a pair and padding."""
    model = tiny("mpnet", max_position_embeddings=48)
    folder = root / "mpnet"
    model.save_pretrained(folder)
    lengths = torch.tensor([40, 9, 1])
    mask = (torch.arange(40)[None, :] < lengths[:, None]).long()
    ids = torch.randint(4, 24, (3, 40), generator=torch.Generator().manual_seed(3))
    ids[:, 0] = 0  # <s> A </s></s> B </s>
    ids[0, [17, 18, 39]] = 2
    ids[1, [3, 4, 8]] = 2
    ids = torch.where(mask == 1, ids, torch.ones_like(ids))
    arguments = {"input_ids": ids, "attention_mask": mask}
    with torch.no_grad():
        logits = model(**arguments).logits
        dropped = logits_with_dropout(model, arguments)
    expected = {"input_ids": ids.tolist(), "token_type_ids": torch.zeros_like(ids).tolist()} | {
        "attention_mask": mask.tolist(), "labels": [2, 0, 1],
        "logits": logits.tolist(), "logits_with_dropout": dropped.tolist(),
    }
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")
    (folder / "generation_config.json").unlink(missing_ok=True)


def narrowed(model, dtype):
    """The same model with every weight rounded to a narrower type; computed in float32."""
    return model.to(dtype).float()


def main(root: Path) -> None:
    write(root, "bert", tiny("bert"), "bert")
    write(root, "roberta", tiny("roberta"), "roberta")
    write_mpnet(root)
    for label, dtype in (("f16", torch.float16), ("bf16", torch.bfloat16)):
        folder = root / f"bert-{label}"
        write(root, folder.name, narrowed(tiny("bert"), dtype), "bert")
        tensors = load_file(folder / "model.safetensors")
        save_file({name: value.to(dtype) for name, value in tensors.items()}, folder / "model.safetensors", {"format": "pt"})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
