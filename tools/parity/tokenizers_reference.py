"""Token ids by Python transformers, for packages/data/test/fixtures.

    python tools/parity/tokenizers_reference.py packages/data/test/fixtures [--hub DIR]

Without --hub it makes two small tokenizers (WordPiece and byte-level BPE, a few hundred tokens) and the ids that
transformers gives for awkward texts at several lengths. With --hub (and `pip install duckdb`) it also hashes the ids of 1,000 real pairs per
tokenizer and length, read from the hub's parquet files, so that the test needs no Python.
"""

import argparse
import hashlib
import json
import pathlib

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

TEXTS = [
    "a gripping , well-acted film that never loses its nerve .",
    "A Gripping, Well-Acted Film that Never Loses Its Nerve!",
    "it 's an uneven treat that bores fun at the democratic exercise",
    "What is the best way to learn guitar?",
    "How much does it cost to learn the guitar in 2024 ($1,000.50)?",
    "",
    " ",
    "naïve café, coöperate; Zürich – São Paulo … “quoted” ‘words’",
    "漢字 and かな and 한국어",
    "emoji 😀👍🏽 and a zero\u200bwidth space, a soft\u00adhyphen, a no\u00a0break space",
    "tabs\tand\nnew lines\r\n and   many    spaces",
    "https://t.co/aB3xYz @daily_news #hashtag a@b.org",
    "don't can't won't it's I'm they've",
    "[CLS] [SEP] [MASK] <s> </s> <mask> in the text",
    "supercalifragilisticexpialidocious antidisestablishmentarianism " * 3,
    "x" * 120,
    "the bridge was built by a noble king during the long winter and it stands still today " * 4,
    "areaand true is true and true is true and true is true",
    "<br /><br />This movie is terrible.<br />Don't watch it!!!",
    "½ ² ™ № ﬁ ẞ İstanbul",
]
LENGTHS = [8, 13, 24, 48, 512]


def wordpiece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=400, special_tokens=specials, show_progress=False)
    tokenizer.train_from_iterator(TEXTS, trainer)
    pair = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=pair
    )
    tokenizer.decoder = decoders.WordPiece()
    # As all-MiniLM's file has it: the loader must not obey.
    tokenizer.enable_truncation(max_length=16)
    tokenizer.enable_padding(length=16)
    names = dict(zip(["pad_token", "unk_token", "cls_token", "sep_token", "mask_token"], specials))
    return tokenizer, names


def byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    specials = ["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True, special=True)]
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=specials,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    ids = [(name, tokenizer.token_to_id(name)) for name in ("</s>", "<s>")]
    tokenizer.post_processor = processors.RobertaProcessing(*ids, trim_offsets=True, add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    names = {"cls_token": "<s>", "pad_token": "<pad>", "sep_token": "</s>", "unk_token": "<unk>", "mask_token": "<mask>"}
    return tokenizer, names


def encode(tokenizer, texts, length):
    # As a batch of one: a single call would take an empty second text for none.
    batch = [[text] for text in texts]
    result = tokenizer(*batch, truncation="longest_first", max_length=length, return_token_type_ids=True)
    return result["input_ids"][0], result["token_type_ids"][0]


def small_fixture(folder, name, made):
    tokenizer, names = made
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(place / "tokenizer.json"), pretty=False)
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)
    cases = [[text] for text in TEXTS] + [
        [first, TEXTS[(7 * index + 3) % len(TEXTS)]] for index, first in enumerate(TEXTS)
    ]
    rows = []
    for texts in cases:
        for length in LENGTHS:
            ids, types = encode(wrapped, texts, length)
            rows.append({"texts": texts, "maxLength": length, "ids": ids, "typeIds": types})
    text = "[\n" + ",\n".join(json.dumps(row, ensure_ascii=True) for row in rows) + "\n]\n"
    (place / "encodings.json").write_text(text)


# The only real RoBERTa there knows the letters of the 20 amino acids alone; transformers drops others, the file's own
# model makes them <unk>. So its texts are what they would be as proteins.
PROTEIN = "regexp_replace(upper({}), '[^ACDEFGHIKLMNPQRSTVWY]', '', 'g')".format
REAL = [
    ("sentence-transformers/all-MiniLM-L6-v2", "nyu-mll/glue/qnli/validation", ["question", "sentence"], [128, 48, 17]),
    ("BAAI/bge-small-en-v1.5", "nyu-mll/glue/mnli/train", ["premise", "hypothesis"], [128, 32]),
    ("BAAI/bge-small-en-v1.5", "stanfordnlp/imdb/plain_text/test", ["text"], [256]),
    ("prihodad/biophi-sapiens1-vh", "nyu-mll/glue/rte/train", [PROTEIN("sentence1"), PROTEIN("sentence2")], [128, 41]),
]


def real_fixture(folder, hub):
    import duckdb

    rows = []
    for model, split, columns, lengths in REAL:
        tokenizer = AutoTokenizer.from_pretrained(hub / "models" / model)
        file = hub / "datasets" / f"{split}-00000-of-00001.parquet"
        texts = duckdb.sql(f"select {', '.join(columns)} from '{file}' limit 1000").fetchall()
        for length in lengths:
            digest = hashlib.sha256()
            for text in texts:
                digest.update(json.dumps(encode(tokenizer, text, length), separators=(",", ":")).encode())
            rows.append(
                {"model": model, "split": split, "columns": columns, "maxLength": length, "sha256": digest.hexdigest()}
            )
    (folder / "real-encodings.json").write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("fixtures", type=pathlib.Path)
    parser.add_argument("--hub", type=pathlib.Path)
    options = parser.parse_args()
    small_fixture(options.fixtures, "wordpiece", wordpiece())
    small_fixture(options.fixtures, "byte-level", byte_level())
    if options.hub:
        real_fixture(options.fixtures, options.hub)
