"""An independent IM-BERT in PyTorch: logits, residuals and gradients for tiny classifiers, in double precision.

    python tools/parity/connection_gradients.py packages/models/test/fixtures/connections

The layers are those of transformers; the connections, solvers and gradients are written here from the paper, by plain
autograd on the scalar ||r||² (create_graph=True where the gradient is unrolled), so they share no idea of implementation
with packages/models. packages/models/test/connection-gradients.test.ts reads the result.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from tiny_models import batch, tiny


def residual(phi, h, previous, mask, case):
    """h - h_{t-1} - gamma ((1 - theta) phi(h_{t-1}) + theta phi(h)), the theta method; theta = 1 is Eq. 9."""
    old = 0.0 if case["theta"] == 1 else (1 - case["theta"]) * phi(previous)
    return mask * (h - previous - case["eulerStep"] * (old + case["theta"] * phi(h)))


def gradient_descent(phi, h, previous, mask, case, create_graph):
    for _ in range(case["iterations"]):
        if not create_graph:
            h = h.detach().requires_grad_()
        objective = residual(phi, h, previous, mask, case).pow(2).sum()
        (gradient,) = torch.autograd.grad(objective, h, create_graph=create_graph)
        h = h - case["stepSize"] * gradient
    return h


def picard(phi, h, previous, mask, case, create_graph):
    for _ in range(case["iterations"]):
        h = h - case["damping"] * residual(phi, h, previous, mask, case)
    return h


def anderson(phi, h, previous, mask, case, create_graph):
    """Example by example, with torch.linalg.solve on the damped normal equations."""
    states, residuals = [], []
    for _ in range(case["iterations"]):
        r = residual(phi, h, previous, mask, case)
        states.append(h)
        residuals.append(r)
        new = h - case["mixing"] * r
        memory = min(case["memory"], len(states) - 1)
        if memory > 0:
            rows = []
            for example in range(h.shape[0]):
                dX = torch.stack([states[-i][example] - states[-i - 1][example] for i in range(memory, 0, -1)]).flatten(1)
                dR = torch.stack([residuals[-i][example] - residuals[-i - 1][example] for i in range(memory, 0, -1)]).flatten(1)
                gram = dR @ dR.T
                damped = gram + case["regularisation"] * torch.diag(torch.diag(gram)) + 1e-12 * torch.eye(memory, dtype=gram.dtype)
                weights = torch.linalg.solve(damped, dR @ r[example].flatten())
                rows.append((weights @ (dX - case["mixing"] * dR)).reshape(h.shape[1:]))
            new = new - torch.stack(rows)
        h = new
    return h


SOLVERS = {"gradient-descent": gradient_descent, "picard": picard, "anderson": anderson}


def connect(phi, previous, mask, case):
    start = previous + case["eulerStep"] * phi(previous)
    if case["gradient"] == "unrolled":
        return SOLVERS[case["solver"]](phi, start, previous, mask, case, True)
    solved = SOLVERS[case["solver"]](phi, start.detach(), previous.detach(), mask, case, False).detach()
    if case["gradient"] == "detached":
        return start + (solved - start).detach()
    if case["gradient"] == "phantom":
        for _ in range(case["steps"]):
            solved = solved - case["phantomDamping"] * residual(phi, solved, previous, mask, case)
        return solved
    return implicit(phi, solved, previous, mask, case)


def implicit(phi, solved, previous, mask, case):
    """The implicit function theorem with the whole Jacobian of the batch, formed and inverted."""
    shape = solved.shape
    flat = lambda x: residual(phi, x.reshape(shape), previous.detach(), mask, case).flatten()
    jacobian = torch.autograd.functional.jacobian(flat, solved.flatten())
    jacobian = jacobian + torch.diag((1 - mask.expand(shape)).flatten())  # padding rows: r = 0 there by definition
    carrier = (solved - residual(phi, solved, previous, mask, case)) * mask
    moved = torch.linalg.solve(jacobian, (carrier - carrier.detach()).flatten()).reshape(shape)
    return solved + moved


def logits_of(model, family, case, inputs):
    base = model.base_model
    h = base.embeddings(input_ids=inputs["input_ids"], token_type_ids=inputs["token_type_ids"])
    tokens = inputs["attention_mask"].to(h.dtype)
    bias = ((1 - tokens) * torch.finfo(h.dtype).min)[:, None, None, :]
    mask = tokens[:, :, None] if case["maskResidual"] else torch.ones_like(tokens)[:, :, None]
    drift = []
    for number, layer in enumerate(base.encoder.layer, 1):
        def whole(state, layer=layer):
            output = layer(state, bias)
            return output[0] if isinstance(output, tuple) else output
        phi = whole if case["phi"] == "layer" else lambda state: whole(state) - state
        if number in case["layers"]:
            previous = h
            h = connect(phi, previous, mask, case)
            with torch.no_grad():
                r = residual(phi, h, previous, mask, case)
                image = case["eulerStep"] * case["theta"] * mask * phi(h)
                drift.append((r.flatten(1).norm(dim=1) / image.flatten(1).norm(dim=1)).tolist())
        else:
            h = whole(h)
    if family == "bert":
        return model.classifier(base.pooler(h)), drift
    return model.classifier(h), drift


DEFAULTS = dict(layers=[1, 2], iterations=3, eulerStep=1.0, theta=1.0, phi="layer", maskResidual=True, solver="gradient-descent",
                stepSize=0.05, gradient="unrolled", damping=0.5, memory=5, mixing=1.0, regularisation=1e-4,
                steps=2, phantomDamping=0.5)
CASES = {
    "descent-unrolled": {},
    "descent-detached": dict(gradient="detached"),
    "descent-second-layer": dict(layers=[2], eulerStep=0.7, phi="minus-identity"),
    "descent-literal": dict(maskResidual=False),
    "descent-phantom": dict(gradient="phantom"),
    "picard-unrolled": dict(solver="picard"),
    "picard-implicit": dict(solver="picard", iterations=4, eulerStep=0.3, gradient="implicit"),
    "anderson-unrolled": dict(solver="anderson", iterations=5, memory=2),
    "theta-descent-unrolled": dict(theta=0.5),
    "theta-anderson-unrolled": dict(theta=0.3, phi="minus-identity", solver="anderson", iterations=4),
    "theta-picard-implicit": dict(theta=0.4, solver="picard", iterations=40, eulerStep=0.6, gradient="implicit"),
    "roberta-descent-unrolled": {},
    "roberta-anderson-unrolled": dict(solver="anderson", iterations=5),
}


def main(root: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    for name, changes in CASES.items():
        family = "roberta" if name.startswith("roberta") else "bert"
        case = DEFAULTS | changes
        model, inputs = tiny(family).double(), batch(family)
        # transformers freezes the padding token's embedding; in the literal algorithm it has a gradient.
        model.base_model.embeddings.word_embeddings.padding_idx = None
        logits, drift = logits_of(model, family, case, inputs)
        loss = F.cross_entropy(logits, inputs["labels"])
        loss.backward()
        gradients = {key: value.grad.float() for key, value in model.named_parameters()}
        save_file(gradients, root / f"{name}.safetensors")
        expected = {"family": family, "case": case, "loss": loss.item(), "logits": logits.tolist(), "relative_residual": drift}
        (root / f"{name}.json").write_text(json.dumps(expected) + "\n")
        print(name, loss.item(), max(g.abs().max().item() for g in gradients.values()), drift)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
