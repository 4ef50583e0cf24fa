"""A process that does one training step for every line it reads and answers with its seconds; run.mjs starts it."""

import json
import resource
import sys
import time

import torch
from transformers import BertConfig, BertForSequenceClassification

case = json.loads(sys.argv[1])
torch.set_num_threads(case["threads"])
torch.manual_seed(1)
config = BertConfig(
    num_hidden_layers=case["layers"], hidden_size=case["width"], num_attention_heads=case["heads"],
    intermediate_size=case["feedForwardWidth"], attn_implementation="sdpa",
)
model = BertForSequenceClassification(config).train()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-5, fused=True)
size = (case["batch"], case["length"])
ids, mask = torch.randint(0, config.vocab_size, size), torch.ones(size, dtype=torch.long)
labels = torch.randint(0, 2, size[:1])

for _ in sys.stdin:
    start, usage = time.perf_counter(), time.process_time()
    optimizer.zero_grad()
    loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
    loss.backward()
    passed = time.perf_counter()
    optimizer.step()
    end = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    answer = {"seconds": end - start, "optimizer": end - passed, "processor": time.process_time() - usage}
    answer |= {"loss": loss.item(), "peak": peak}
    print(json.dumps(answer), flush=True)
