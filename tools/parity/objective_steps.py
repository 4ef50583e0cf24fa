"""One step of every adversarial objective in PyTorch, on BERT and on IM-BERT, as fixtures for packages/training.

    python tools/parity/objective_steps.py

Each is written here from its own code's steps by plain autograd on one tiny BERT without dropout; the random numbers
that the steps draw, one for each entry of a token's embedding in the order of rows, are part of the fixture.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from connection_gradients import DEFAULTS, connect
from tiny_models import batch, tiny

FOLDER = Path(__file__).parents[2] / "packages/training/test/fixtures/objectives"
INPUTS = batch("bert")
MASK = INPUTS["attention_mask"].float()[:, :, None]
LABELS = INPUTS["labels"]


def fresh():
    return tiny("bert", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0).train()


# How the layers are connected; by the part of a fixture's name after the objective's.
CONNECTIONS = {
    "": None,
    "-descent": DEFAULTS | dict(iterations=2, stepSize=0.05, gradient="detached"),
    "-anderson": DEFAULTS | dict(solver="anderson", iterations=3, gradient="unrolled"),
}
connection = None


def run(model, words):
    """Logits and the last layer's first state from embedded words, of the batch or of several copies of it."""
    copies = len(words) // len(LABELS)
    types, mask = INPUTS["token_type_ids"].repeat(copies, 1), MASK.repeat(copies, 1, 1)
    with torch.enable_grad():  # a descent differentiates even where nothing else does
        h = model.bert.embeddings(inputs_embeds=words, token_type_ids=types)
        bias = ((1 - mask) * torch.finfo(h.dtype).min)[:, None, None, :, 0]
        for layer in model.bert.encoder.layer:
            def phi(state, layer=layer):
                output = layer(state, bias)
                return output[0] if isinstance(output, tuple) else output
            h = phi(h) if connection is None else connect(phi, h, mask, connection)
        return model.classifier(model.bert.pooler(h)), h[:, 0]


def embed(model):
    return model.bert.embeddings.word_embeddings.weight[INPUTS["input_ids"]]


def spread(numbers):
    """The drawn numbers on the tokens, row by row; zero on padding."""
    noise = torch.zeros(*INPUTS["input_ids"].shape, 8)
    noise[INPUTS["attention_mask"] == 1] = torch.tensor(numbers).view(-1, 8)
    return noise


def norms(x):
    return x.flatten(1).norm(dim=1).view(-1, 1, 1)


def symmetric(a, b):
    p, q = F.log_softmax(a, 1), F.log_softmax(b, 1)
    return ((p.exp() - q.exp()) * (p - q)).sum(1).mean()


def freelb(model, numbers, passes=3, rate=0.4, magnitude=0.8, radius=0.5):
    lengths = MASK.sum((1, 2)).view(-1, 1, 1)
    delta = spread(numbers) * 2 - MASK
    delta = delta * magnitude / (lengths * 8).sqrt()
    total = 0
    for step in range(passes):
        delta.requires_grad_()
        loss = F.cross_entropy(run(model, embed(model) + delta)[0], LABELS) / passes
        loss.backward()
        total += loss.item()
        if step < passes - 1:
            gradient = delta.grad
            delta = delta.detach() + rate * gradient / norms(gradient)
            delta = delta * (radius / norms(delta)).clamp(max=1)
    return total


def smart_code(model, numbers, rate=0.5, deviation=0.1, guard=0.3, weight=0.7):
    def odds(p):
        return -(1 / (p + 1e-6) - 1 + 1e-6).log()

    clean = run(model, embed(model))[0]
    noise = (spread(numbers) * deviation).requires_grad_()
    p, y = run(model, embed(model).detach() + noise)[0].softmax(1), clean.detach().softmax(1)
    (gradient,) = torch.autograd.grad((p * (odds(p) - odds(y)).detach() * 2).sum(), noise)
    noise = ((noise + rate * gradient) * MASK).detach()
    noise = noise / (noise.abs().amax(2, keepdim=True) + guard)
    attacked = run(model, embed(model) + noise)[0]
    kl = lambda a, target: F.kl_div(F.log_softmax(a, 1), target.detach().softmax(1), reduction="batchmean")
    loss = F.cross_entropy(clean, LABELS) + weight * (kl(clean, attacked) + kl(attacked, clean))
    loss.backward()
    return loss.item()


def smart_paper(model, numbers, rate=0.05, deviation=0.1, radius=0.08, smoothness=0.7, proximity=0.4, momentum=0.9):
    past = fresh()
    with torch.no_grad():
        for old, new in zip(past.parameters(), model.parameters()):
            old.mul_(0.8)  # the memory that the step finds
            old.mul_(momentum).add_((1 - momentum) * new)
        anchor = run(past, embed(past))[0].detach()
        clean = run(model, embed(model))[0].detach()
    delta = (spread(numbers) * deviation).clamp(-radius, radius).requires_grad_()
    (gradient,) = torch.autograd.grad(symmetric(run(model, embed(model).detach() + delta)[0], clean), delta)
    largest = gradient.abs().amax((1, 2), keepdim=True)
    delta = (delta + rate * gradient / largest).clamp(-radius, radius).detach() * MASK
    logits = run(model, embed(model))[0]
    loss = F.cross_entropy(logits, LABELS) + smoothness * symmetric(logits, run(model, embed(model) + delta)[0])
    loss = loss + proximity * symmetric(logits, anchor)
    loss.backward()
    return loss.item()


def r3f(model, numbers, scale=0.3, weight=0.8):
    words = embed(model)
    noise = (spread(numbers) * 2 - MASK) * scale
    clean, noisy = run(model, words)[0], run(model, words.detach() + noise)[0]
    loss = F.cross_entropy(clean, LABELS) + weight * symmetric(clean, noisy)
    loss.backward()
    return loss.item()


def r4f(model, numbers, scale=0.3, weight=0.8):
    left = torch.cos(torch.arange(3.0) + 1)
    torch.nn.utils.spectral_norm(model.classifier)
    model.classifier.weight_u.copy_(left)

    words = embed(model)
    noise = (spread(numbers) * 2 - MASK) * scale
    clean, noisy = run(model, torch.cat([words, words.detach() + noise]))[0].chunk(2)  # one power iteration
    loss = F.cross_entropy(clean, LABELS) + weight * symmetric(clean, noisy)
    loss.backward()
    return loss.item()


def creat(model, numbers, rate=0.4, radius=0.6, temperature=0.5, deviation=0.2):
    clean, features = run(model, embed(model))
    delta = (spread(numbers) * deviation).requires_grad_()
    logits, moved = run(model, embed(model).detach() + delta)
    ascent = F.cross_entropy(logits, LABELS) - temperature * F.cosine_similarity(moved, features.detach(), eps=0).sum()
    (gradient,) = torch.autograd.grad(ascent, delta)
    delta = (delta + rate * gradient / norms(gradient)).detach()
    delta = delta * (radius / norms(delta)).clamp(max=1)
    attacked = run(model, embed(model) + delta)[0]
    loss = 0.5 * (F.cross_entropy(clean, LABELS) + F.cross_entropy(attacked, LABELS))
    loss.backward()
    return loss.item()


def info_nce(critic, x, y):
    """InfoNCE of MI_estimators.py: the critic is a Sequential of Linear, ReLU, Linear and Softplus."""
    count = len(x)
    every = critic(torch.cat([x[None].repeat(count, 1, 1), y[:, None].repeat(1, count, 1)], -1))
    return critic(torch.cat([x, y], -1)).mean() - (every.logsumexp(1).mean() - math.log(count))


def infobert(model, numbers, passes=2, rate=0.4, magnitude=0.8, radius=0.5, beta=0.3, alpha=0.7, low=0.2, high=0.9, hidden=6):
    lengths = MASK.sum((1, 2)).long().tolist()
    count, width = sum(lengths), 8
    ranks = [(math.ceil(length * low), math.ceil(length * high)) for length in lengths]
    kept = sum(end - start for start, end in ranks)
    torch.manual_seed(11)
    critic = torch.nn.Sequential(torch.nn.Linear(2 * width, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 1), torch.nn.Softplus())
    for parameter in critic.parameters():
        parameter.data.mul_(3)
    save_file({f"critic.{key}": value.clone() for key, value in critic.state_dict().items()}, FOLDER / "infobert-critic.safetensors")
    numbers, draws = iter(numbers), []
    for _ in range(passes):
        partners = [math.floor(next(numbers) * count) for _ in range(count)]
        keys = [next(numbers) for _ in range(kept)]
        draws.append((partners, sorted(range(kept), key=lambda place: keys[place])))
    delta = spread([next(numbers) for _ in range(count * width)]) * 2 - MASK
    delta = delta * magnitude / (torch.tensor(lengths).view(-1, 1, 1) * width).sqrt()
    total = 0
    for step, (partners, order) in enumerate(draws):
        delta.requires_grad_()
        captured = {}
        handle = model.bert.embeddings.register_forward_hook(lambda module, given, output: captured.update(h0=output))
        logits, features = run(model, embed(model) + delta)
        handle.remove()
        y = captured["h0"][INPUTS["attention_mask"] == 1]
        task = F.cross_entropy(logits, LABELS) / passes + beta * ((y - y[partners]) ** 2 / 2).sum(-1).mean() / passes
        task.backward(retain_graph=True)
        gradient = delta.grad.clone()
        couples = []
        for row, (start, end) in enumerate(ranks):
            for token in torch.sort(gradient[row, : lengths[row]].norm(dim=1))[1][start:end].tolist():
                couples.append((captured["h0"][row, token], features[row]))
        couples = [couples[place] for place in order]
        bounds = []
        for start in range(0, kept, len(lengths)):
            x, y = zip(*couples[start : start + len(lengths)])
            bounds.append(info_nce(critic, torch.stack(x), torch.stack(y)))
        bound = -torch.stack(bounds).mean() * alpha / passes
        bound.backward()
        total += task.item() + bound.item()
        delta = delta.detach() + rate * gradient / norms(gradient)
        delta = delta * (radius / norms(delta)).clamp(max=1)
    model.critic = critic
    return total


def standard(model, numbers):
    loss = F.cross_entropy(run(model, embed(model))[0], LABELS)
    loss.backward()
    return loss.item()


UNIFORM = {"freelb", "r3f", "r4f", "infobert"}
OBJECTIVES = {"standard": standard, "freelb": freelb, "smart-code": smart_code, "smart-paper": smart_paper, "r3f": r3f, "r4f": r4f}
OBJECTIVES |= {"creat": creat, "infobert": infobert}
BY_ANDERSON = {"freelb", "smart-paper"}


def main():
    global connection
    FOLDER.mkdir(parents=True, exist_ok=True)
    fresh().save_pretrained(FOLDER)
    draw = torch.Generator().manual_seed(5)
    count = int(MASK.sum().item()) * 8
    losses, noise = {}, {}
    for name, objective in OBJECTIVES.items():
        numbers = (torch.rand if name in UNIFORM else torch.randn)(count + 64 if name == "infobert" else count, generator=draw)
        noise[name] = [round(number, 6) for number in numbers.tolist()]
        for suffix, connection in CONNECTIONS.items():
            if suffix == "-anderson" and name not in BY_ANDERSON:
                continue
            model = fresh()
            losses[name + suffix] = objective(model, noise[name])
            gradients = {key.replace("weight_orig", "weight"): value.grad for key, value in model.named_parameters()}
            save_file(gradients, FOLDER / f"{name}{suffix}.safetensors")
    inputs = {key: value.flatten().tolist() for key, value in INPUTS.items()}
    record = {"shape": list(INPUTS["input_ids"].shape), "inputs": inputs, "losses": losses, "noise": noise}
    (FOLDER / "steps.json").write_text(json.dumps(record) + "\n")


main()
