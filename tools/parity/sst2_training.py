"""An independent PyTorch fine-tuning of all-MiniLM-L6-v2 on the very SST-2 examples of one seed of Table 1's small profile.

    node tools/parity/sst2_examples.mjs HUB 1 > examples.json
    python tools/parity/sst2_training.py HUB/models/sentence-transformers/all-MiniLM-L6-v2 examples.json implicit 1

The connection is monotone (BERT), explicit (EX-BERT) or implicit (IM-BERT: five descent steps of 0.1 on the masked
residual, detached gradient, all layers). Adam 2e-4, batch 16, 3 epochs, warm-up 10 % then linear decay, dropout 0.1
shared within a layer's solve, lowest validation loss kept.
"""

import json
import random
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer

folder, examples, connection, seed = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
WIDTH, HEADS, LAYERS = 384, 12, 6
tokenizer = Tokenizer.from_file(folder + "/tokenizer.json")
tokenizer.no_padding()
tokenizer.enable_truncation(64)
torch.manual_seed(seed)
weights = {name: value.float() for name, value in load_file(folder + "/model.safetensors").items() if value.is_floating_point()}
weights |= {"classifier.weight": torch.randn(2, WIDTH) * 0.02, "classifier.bias": torch.zeros(2)}
P = {name: torch.nn.Parameter(value) for name, value in weights.items()}


def keep(*shape):
    return (torch.rand(*shape) > 0.1).float() / 0.9


def linear(x, name):
    return F.linear(x, P[name + ".weight"], P[name + ".bias"])


def norm(x, name):
    return F.layer_norm(x, (WIDTH,), P[name + ".weight"], P[name + ".bias"], 1e-12)


def encoder_layer(index, bias, masks):
    name = f"encoder.layer.{index}."

    def phi(hidden):
        batch, length, _ = hidden.shape
        split = lambda x: x.view(batch, length, HEADS, WIDTH // HEADS).transpose(1, 2)
        q, k, v = (split(linear(hidden, name + "attention.self." + part)) for part in ("query", "key", "value"))
        weights = torch.softmax(q @ k.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5 + bias, -1) * masks[0]
        context = (weights @ v).transpose(1, 2).reshape(batch, length, WIDTH)
        attended = linear(context, name + "attention.output.dense") * masks[1]
        middle = norm(attended + hidden, name + "attention.output.LayerNorm")
        grown = linear(F.gelu(linear(middle, name + "intermediate.dense")), name + "output.dense") * masks[2]
        return norm(grown + middle, name + "output.LayerNorm")

    return phi


def descend(phi, previous, start, mask):
    state = start.detach()
    for _ in range(5):
        with torch.enable_grad():
            state = state.detach().requires_grad_(True)
            residual = (state - previous.detach() - phi(state)) * mask[:, :, None]
            (gradient,) = torch.autograd.grad((residual**2).sum(), state)
        state = state - 0.1 * gradient
    return start + (state - start).detach()


def forward(ids, mask, training):
    batch, length = ids.shape
    drop = keep if training else (lambda *shape: torch.ones(()))
    words = P["embeddings.word_embeddings.weight"][ids]
    places = P["embeddings.position_embeddings.weight"][:length] + P["embeddings.token_type_embeddings.weight"][0]
    hidden = norm(words + places, "embeddings.LayerNorm") * drop(batch, length, WIDTH)
    bias = (1 - mask)[:, None, None, :] * -1e4
    for index in range(LAYERS):
        masks = (drop(batch, HEADS, length, length), drop(batch, length, WIDTH), drop(batch, length, WIDTH))
        phi = encoder_layer(index, bias, masks)
        if connection == "monotone":
            hidden = phi(hidden)
            continue
        start = hidden + phi(hidden)
        hidden = descend(phi, hidden, start, mask) if connection == "implicit" else start
    pooled = torch.tanh(linear(hidden[:, 0], "pooler.dense")) * drop(batch, WIDTH)
    return linear(pooled, "classifier")


def encode(rows):
    return [(tokenizer.encode(row["texts"][0]).ids, row["label"]) for row in rows]


def collate(rows):
    length = max(len(ids) for ids, _ in rows)
    ids = torch.tensor([ids + [0] * (length - len(ids)) for ids, _ in rows])
    return ids, (ids != 0).float(), torch.tensor([label for _, label in rows])


def evaluate(rows):
    right, loss = 0, 0.0
    rows = sorted(rows, key=lambda row: len(row[0]))
    for begin in range(0, len(rows), 16):
        ids, mask, labels = collate(rows[begin : begin + 16])
        with torch.no_grad():
            logits = forward(ids, mask, False)
        right += (logits.argmax(1) == labels).sum().item()
        loss += F.cross_entropy(logits, labels, reduction="sum").item()
    return 100 * right / len(rows), loss / len(rows)


data = json.load(open(examples))
train, validation, clean, adversarial = (encode(data[part]) for part in ("train", "validation", "clean", "adversarial"))
optimizer = torch.optim.Adam(P.values(), lr=2e-4)
steps, warmup = 150, 15
factor = lambda step: step / warmup if step < warmup else max(0, (steps - step) / (steps - warmup))
schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
order, best = random.Random(seed), None
for epoch in range(3):
    order.shuffle(train)
    for begin in range(0, len(train), 16):
        ids, mask, labels = collate(train[begin : begin + 16])
        optimizer.zero_grad()
        F.cross_entropy(forward(ids, mask, True), labels).backward()
        optimizer.step()
        schedule.step()
    _, loss = evaluate(validation)
    if best is None or loss < best[0]:
        best = (loss, evaluate(clean)[0], evaluate(adversarial)[0])
print(f"{connection}, seed {seed}: clean {best[1]:.1f}, AdvGLUE {best[2]:.1f}")
