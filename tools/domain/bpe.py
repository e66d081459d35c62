"""Trains the byte-level BPE tokenizer: bpe.py --vocab 1024 --out DIR FILE...

The files are JSON Lines with instruction, solution and inputs. Writes
tokenizer.json and tokenizer_config.json in the layout of Qwen2.5.
"""
import argparse
import json
import os
import re

SPECIALS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
ASCII = re.compile(QWEN2.replace(r"[^\r\n\p{L}\p{N}]", r"[^\r\nA-Za-z0-9]").replace(r"[^\s\p{L}\p{N}]", r"[^\sA-Za-z0-9]")
                   .replace(r"\p{L}", "[A-Za-z]").replace(r"\p{N}", "[0-9]"))
CHAT = ("{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
        "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")


def byte_alphabet():
    """GPT-2's printable character for each byte."""
    kept = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    table, extra = {}, 0
    for byte in range(256):
        if byte in kept:
            table[byte] = chr(byte)
        else:
            table[byte] = chr(256 + extra)
            extra += 1
    return table


def pieces(text, table):
    """The pre-tokens of a text, in the byte alphabet."""
    for match in ASCII.finditer(text):
        yield "".join(table[byte] for byte in match.group().encode("utf-8"))


def count_pieces(paths, table):
    """How often each pre-token occurs in the instructions, solutions and inputs."""
    counts, cache = {}, {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for line in file:
                record = json.loads(line)
                for text in [record["instruction"], record["solution"], "\n".join(record["inputs"])]:
                    for match in ASCII.finditer(text):
                        cache[match.group()] = cache.get(match.group(), 0) + 1
    for text, count in cache.items():
        piece = "".join(table[byte] for byte in text.encode("utf-8"))
        counts[piece] = counts.get(piece, 0) + count
    return counts


def pairs_of(symbols):
    return list(zip(symbols, symbols[1:]))


def merge(symbols, pair):
    """The symbols with every occurrence of the pair joined, left to right."""
    out, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def train(counts, merges):
    """The list of merges: most frequent pair first, the smallest on ties."""
    words = [(list(piece), counts[piece]) for piece in sorted(counts)]
    totals, places = {}, {}
    for index, (symbols, count) in enumerate(words):
        for pair in pairs_of(symbols):
            totals[pair] = totals.get(pair, 0) + count
            places.setdefault(pair, set()).add(index)
    learned, known = [], {symbol for symbols, _ in words for symbol in symbols}
    while len(learned) < merges and totals:
        pair = min(totals, key=lambda p: (-totals[p], p))
        if totals[pair] <= 0:
            break
        if pair[0] + pair[1] in known:      # another route to a token there is already
            del totals[pair]
            continue
        learned.append(pair)
        known.add(pair[0] + pair[1])
        for index in sorted(places[pair]):
            symbols, count = words[index]
            for old in pairs_of(symbols):
                if old in totals:
                    totals[old] -= count
            symbols = merge(symbols, pair)
            words[index] = (symbols, count)
            for new in pairs_of(symbols):
                if new in totals or pair[0] + pair[1] in new:
                    totals[new] = totals.get(new, 0) + count
                places.setdefault(new, set()).add(index)
        totals.pop(pair, None)
    return learned


class Encoder:
    """Encodes text with learned merges; used for figures and tests."""

    def __init__(self, vocab, merges):
        self.vocab, self.table, self.cache = vocab, byte_alphabet(), {}
        self.ranks = {pair: rank for rank, pair in enumerate(merges)}

    def encode(self, text):
        ids = []
        for piece in pieces(text, self.table):
            if piece not in self.cache:
                symbols = list(piece)
                while len(symbols) > 1:
                    best = min(pairs_of(symbols), key=lambda p: self.ranks.get(p, 1 << 30))
                    if best not in self.ranks:
                        break
                    symbols = merge(symbols, best)
                self.cache[piece] = [self.vocab[symbol] for symbol in symbols]
            ids += self.cache[piece]
        return ids


def load(folder):
    """An encoder from a written tokenizer.json."""
    with open(os.path.join(folder, "tokenizer.json"), encoding="utf-8") as file:
        model = json.load(file)["model"]
    return Encoder(model["vocab"], [tuple(line.split(" ")) for line in model["merges"]])


def tokenizer_json(vocab, merges, size):
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    split = {"type": "Split", "pattern": {"Regex": QWEN2}, "behavior": "Isolated", "invert": False}
    added = [{"id": size + i, "content": text, "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": False, "special": True} for i, text in enumerate(SPECIALS)]
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added,
            "normalizer": {"type": "NFC"},
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, level]},
            "post_processor": level, "decoder": level,
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "",
                      "end_of_word_suffix": "", "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                      "vocab": vocab, "merges": [" ".join(pair) for pair in merges]}}


def tokenizer_config(size):
    added = {str(size + i): {"content": text, "lstrip": False, "normalized": False, "rstrip": False,
                             "single_word": False, "special": True} for i, text in enumerate(SPECIALS)}
    return {"add_bos_token": False, "add_prefix_space": False, "added_tokens_decoder": added,
            "additional_special_tokens": ["<|im_start|>", "<|im_end|>"], "bos_token": None, "chat_template": CHAT,
            "clean_up_tokenization_spaces": False, "eos_token": "<|im_end|>", "errors": "replace",
            "model_max_length": 512, "pad_token": "<|endoftext|>", "split_special_tokens": False,
            "tokenizer_class": "Qwen2Tokenizer", "unk_token": None}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vocab", type=int, default=1024, help="ids in total, special tokens included")
    parser.add_argument("--out", required=True)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    table = byte_alphabet()
    merges = train(count_pieces(options.files, table), options.vocab - 256 - len(SPECIALS))
    size = options.vocab - len(SPECIALS)
    assert 256 + len(merges) == size, "too little text for %d ids" % options.vocab
    vocab = {symbol: i for i, symbol in enumerate(sorted(table.values()))}
    for left, right in merges:
        vocab[left + right] = len(vocab)
    os.makedirs(options.out, exist_ok=True)
    for name, content in (("tokenizer.json", tokenizer_json(vocab, merges, size)),
                          ("tokenizer_config.json", tokenizer_config(size))):
        with open(os.path.join(options.out, name), "wb") as file:
            file.write((json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))


if __name__ == "__main__":
    main()
