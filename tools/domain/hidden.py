"""Cuts what generate.py --truth wrote to what ships: hidden.py FILE --instructions 1000 --tests 40 > truth.jsonl. Solutions stay behind."""
import argparse
import json

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("file")
parser.add_argument("--instructions", type=int, default=1000)
parser.add_argument("--tests", type=int, default=40)
options = parser.parse_args()
with open(options.file) as lines:
    for _, line in zip(range(options.instructions), lines):
        task = json.loads(line)
        del task["solution"]
        print(json.dumps({**task, "tests": task["tests"][:options.tests]}))
