"""Turns examples of the domain into conversations: messages.py FILE... > OUT

Reads JSON Lines with instruction, solution and inputs; writes JSON Lines with
messages, TRL's conversational format. Every example asks for its solution;
every N-th (--inputs-every) also asks for its test inputs, in the words that
Plum's seed teacher is asked with.
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
    for path in options.files:
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file):
                example = json.loads(line)
                rows = [conversation(example, example["instruction"], example["solution"])]
                if number % options.inputs_every == 0:
                    rows.append(conversation(example, "Test inputs: " + example["instruction"], "\n".join(example["inputs"])))
                for row in rows:
                    sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
