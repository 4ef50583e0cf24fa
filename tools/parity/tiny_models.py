"""Small random checkpoints of each family and a padded batch, shared by the scripts in this folder."""

import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    MPNetConfig,
    MPNetForSequenceClassification,
    RobertaConfig,
    RobertaForSequenceClassification,
)

LABELS = 3


def tiny(family: str, **sizes):
    """A classifier whose weights are large enough that no part of it is nearly linear."""
    torch.manual_seed(7)
    sizes = dict(
        vocab_size=24, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12,
        max_position_embeddings=12, initializer_range=0.3, num_labels=LABELS, attn_implementation="eager",
    ) | sizes
    if family == "bert":
        model = BertForSequenceClassification(BertConfig(type_vocab_size=2, pad_token_id=0, **sizes))
    elif family == "mpnet":
        del sizes["attn_implementation"]  # it has one only
        model = MPNetForSequenceClassification(MPNetConfig(**sizes))
    else:
        model = RobertaForSequenceClassification(RobertaConfig(type_vocab_size=1, pad_token_id=1, layer_norm_eps=1e-5, **sizes))
    for name, parameter in model.named_parameters():  # biases and LayerNorms are born as 0 and 1, which hides mistakes
        if name.endswith("bias") or "LayerNorm" in name:
            parameter.data.add_(torch.randn_like(parameter) * 0.2)
    return model.eval()


def batch(family: str):
    """Three rows of 7, 4 and 1 tokens, two of them padded, types where the family has them."""
    pad = 0 if family == "bert" else 1
    ids = torch.randint(3, 24, (3, 7), generator=torch.Generator().manual_seed(3))
    lengths = torch.tensor([7, 4, 1])
    mask = (torch.arange(7)[None, :] < lengths[:, None]).long()
    ids = torch.where(mask == 1, ids, torch.full_like(ids, pad))
    types = torch.zeros_like(ids)
    if family == "bert":
        types[0, 4:] = 1
        types[1, 2:4] = 1
    return {"input_ids": ids, "token_type_ids": types, "attention_mask": mask, "labels": torch.tensor([2, 0, 1])}
