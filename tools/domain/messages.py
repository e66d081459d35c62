"""Turns examples of the domain into conversations: messages.py FILE... > OUT

Reads JSON Lines with instruction, solution and inputs; writes JSON Lines with
messages, TRL's conversational format. First every example asks for its
solution; then every N-th (--inputs-every) of the first file asks for test
inputs, in the words that Plum's seed teacher is asked with.
"""
import argparse
import json
import sys


def conversation(example, question, answer):
    return {"id": example["id"], "family": example["family"],
            "messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs-every", type=int, default=4)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    files = [[json.loads(line) for line in open(path, encoding="utf-8")] for path in options.files]
    rows = [conversation(example, example["instruction"], example["solution"]) for examples in files for example in examples]
    rows += [conversation(example, "Test inputs: " + example["instruction"], "\n".join(example["inputs"]))
             for example in files[0][::options.inputs_every]]
    for row in rows:
        sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
