"""A process that does one step for every line it reads and answers with its seconds; measure.mjs starts it.

BERT is that of transformers with sdpa attention. IM-BERT is written on its layers, with eager attention where the
descent is differentiated twice and sdpa elsewhere; a solve shares its dropout masks by replaying the random state.
Gradients as in packages/models: `detached` trains through the explicit start alone, `unrolled` through every iteration.
"""

import json
import resource
import sys
import time

import torch
from transformers import BertConfig, BertForSequenceClassification

case = json.loads(sys.argv[1])
sizes, connection = case["sizes"], case.get("connection", {"kind": "monotone"})
train = case["pass"] == "train"
torch.set_num_threads(case["threads"])
torch.manual_seed(1)
unrolled_descent = connection["kind"] == "implicit" and connection["solver"]["name"] == "gradient-descent" and connection["gradient"]["name"] == "unrolled"
config = BertConfig(
    num_hidden_layers=sizes["layers"], hidden_size=sizes["width"], num_attention_heads=sizes["heads"],
    intermediate_size=sizes["feedForwardWidth"], attn_implementation="eager" if train and unrolled_descent else "sdpa",
)
model = BertForSequenceClassification(config).train(train)
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5, weight_decay=0.0, fused=True)
size = (sizes["batch"], sizes["length"])
ids, mask = torch.randint(0, config.vocab_size, size), torch.ones(size, dtype=torch.long)
labels = torch.randint(0, 2, size[:1])


def descent(phi, state, previous, options):
    create_graph = train and unrolled_descent
    for _ in range(options["iterations"]):
        with torch.enable_grad():
            if not create_graph:
                state = state.detach().requires_grad_()
            objective = (state - previous - phi(state)).pow(2).sum()
            (gradient,) = torch.autograd.grad(objective, state, create_graph=create_graph)
        state = state - options["stepSize"] * gradient
    return state


def picard(phi, state, previous, options):
    for _ in range(options["iterations"]):
        state = state - 0.5 * (state - previous - phi(state))
    return state


def anderson(phi, state, previous, options):
    states, residuals = [], []
    for _ in range(options["iterations"]):
        residual = state - previous - phi(state)
        states.append(state.flatten(1))
        residuals.append(residual.flatten(1))
        new = (state - residual).flatten(1)
        if len(states) > 1:
            d_states = torch.stack([b - a for a, b in zip(states[:-1], states[1:])], 1)
            d_residuals = torch.stack([b - a for a, b in zip(residuals[:-1], residuals[1:])], 1)
            gram = d_residuals @ d_residuals.mT
            damped = gram + 1e-4 * torch.diag_embed(torch.diagonal(gram, dim1=1, dim2=2)) + 1e-12 * torch.eye(gram.shape[1])
            weights = torch.linalg.solve(damped, d_residuals @ residuals[-1][:, :, None])
            new = new - ((d_states - d_residuals).mT @ weights)[:, :, 0]
        state = new.view_as(state)
    return state


SOLVERS = {"gradient-descent": descent, "picard": picard, "anderson": anderson}


def implicit(layer, previous):
    """h_t from h_{t-1}, started at the explicit step."""
    random_state = torch.get_rng_state()

    def phi(state):
        torch.set_rng_state(random_state)
        output = layer(state)
        return output[0] if isinstance(output, tuple) else output

    start = previous + phi(previous)
    solve = SOLVERS[connection["solver"]["name"]]
    if connection["gradient"]["name"] == "unrolled":
        return solve(phi, start, previous, connection["solver"])
    solved = solve(phi, start.detach(), previous.detach(), connection["solver"]).detach()
    return start + (solved - start).detach()


def chosen_layers():
    if connection["kind"] == "monotone":
        return range(0)
    if connection["layers"] == "all":
        return range(sizes["layers"])
    first, last = map(int, connection["layers"].split("-"))
    return range(first - 1, last)


chosen = set(chosen_layers())


def logits():
    if not chosen:
        return model(input_ids=ids, attention_mask=mask).logits
    hidden = model.bert.embeddings(input_ids=ids)
    for index, layer in enumerate(model.bert.encoder.layer):
        if index in chosen:
            hidden = implicit(layer, hidden)
        else:
            output = layer(hidden)
            hidden = output[0] if isinstance(output, tuple) else output
    return model.classifier(model.dropout(model.bert.pooler(hidden)))


forward = torch.compile(logits) if case["compile"] else logits


def train_step():
    optimizer.zero_grad()
    loss = torch.nn.functional.cross_entropy(forward(), labels)
    loss.backward()
    passed = time.perf_counter()
    optimizer.step()
    return time.perf_counter() - passed


def inference_step():
    with torch.no_grad():
        forward()
    return 0


for _ in sys.stdin:
    start = time.perf_counter()
    optimizing = (train_step if train else inference_step)()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps({"seconds": seconds, "optimizer": optimizing, "peak": peak}), flush=True)
