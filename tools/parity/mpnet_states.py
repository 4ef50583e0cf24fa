"""States of the real all-mpnet-base-v2 as transformers computes them: a pair, a padded row, a row longer than 128 tokens.

    python tools/parity/mpnet_states.py HUB > packages/models/test/fixtures/mpnet-base.json

Needs torch and transformers. packages/models/test/hub.test.ts reads the result.
"""

import json
import sys

import torch
from transformers import AutoTokenizer, MPNetModel

VALUES = 5

first, second = "A gripping, well-acted film that never loses its nerve.", "It grips."
folder = f"{sys.argv[1]}/models/sentence-transformers/all-mpnet-base-v2"
tokenizer = AutoTokenizer.from_pretrained(folder)
model = MPNetModel.from_pretrained(folder).eval()
texts = [[first, second], [second], [" ".join([first] * 14)]]
batches = []
for rows in (texts[:2], texts[2:]):
    ids = [tokenizer(*row)["input_ids"] for row in rows]
    length = max(map(len, ids))
    padded = torch.tensor([row + [1] * (length - len(row)) for row in ids])
    mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in ids])
    with torch.no_grad():
        hidden = model(input_ids=padded, attention_mask=mask).last_hidden_state
    batches.append([
        {
            "texts": row,
            "ids": tokens,
            "first": [round(value, 6) for value in hidden[index, 0, :VALUES].tolist()],
            "last": [round(value, 6) for value in hidden[index, len(tokens) - 1, :VALUES].tolist()],
        }
        for index, (row, tokens) in enumerate(zip(rows, ids))
    ])
print(json.dumps(batches))
