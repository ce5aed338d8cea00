"""`python child.py JOB`: what ../child.mjs is, in PyTorch (eager)."""

import json
import math
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

WARM_UP = {"steps": 3, "seconds": 0.3, "at_most": 5}
SHORT = 1.0
SAMPLE = 2.0
REWARM = 10.0

job = json.loads(sys.argv[1])
workload, data = job["workload"], job["data"]
if job.get("threads"):
    torch.set_num_threads(job["threads"])
numbers = np.fromfile(data["file"], "<f4")


def answer(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def tensor(place):
    return torch.from_numpy(array(place))


def array(place):
    return numbers[place["at"] : place["at"] + place["size"]].reshape(place["shape"])


class LastState(nn.LSTM):
    def forward(self, x):
        return super().forward(x)[0][:, -1]


class SequenceMean(nn.Module):
    def forward(self, x):
        return x.mean(1)


def transformer_block(layer):
    return nn.TransformerEncoderLayer(
        layer["dim"], layer["heads"], layer["feedForward"], 0.0, "gelu", batch_first=True, norm_first=True
    )


def network():
    made = {
        "linear": lambda layer: nn.Linear(layer["in"], layer["out"]),
        "conv": lambda layer: nn.Conv2d(layer["in"], layer["out"], layer["kernel"], padding=layer["padding"]),
        "batchNorm": lambda layer: nn.BatchNorm1d(layer["features"]),
        "avgPool": lambda layer: nn.AvgPool2d(layer["size"]),
        "maxPool": lambda layer: nn.MaxPool2d(layer["size"]),
        "flatten": lambda _: nn.Flatten(),
        "lstm": lambda layer: LastState(layer["in"], layer["hidden"], batch_first=True),
        "transformerBlock": transformer_block,
        "sequenceMean": lambda _: SequenceMean(),
        "relu": lambda _: nn.ReLU(),
        "tanh": lambda _: nn.Tanh(),
        "sigmoid": lambda _: nn.Sigmoid(),
        "softmax": lambda _: nn.Softmax(-1),
    }
    model = nn.Sequential(*(made[layer["type"]](layer) for layer in workload["layers"]))
    with torch.no_grad():
        for place in data["parameters"]:
            model[place["layer"]].get_parameter(place["name"]).copy_(tensor(place))
    return model


def train():
    model = network()
    x = tensor(data["x"])
    y = tensor(data["y"])
    options = workload["optimizer"]
    rate = options["learningRate"]
    if options["name"] == "adam":
        optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    elif options["name"] == "adamW":
        optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=options["weightDecay"])
    else:
        optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=options.get("momentum", 0))
    loss_of = F.mse_loss
    if workload["loss"] == "crossEntropy":
        loss_of, y = F.cross_entropy, y.long()

    def step():
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()

    return step, None


def inference():
    model = network().eval()
    x = array(data["x"])

    def read():
        with torch.no_grad():
            return model(torch.from_numpy(x)).numpy().ravel()

    return read, read


def operation(run):
    def step():
        run()  # A result that is kept would make the next one take new pages from the system.

    return step, lambda: run().numpy().ravel()


def elementwise():
    x = tensor(data["x"])
    run = {
        "relu": lambda: torch.relu(x),
        "gelu": lambda: F.gelu(x, approximate="tanh"),
        "tanh": lambda: torch.tanh(x),
        "sigmoid": lambda: torch.sigmoid(x),
        "softmax": lambda: torch.softmax(x, -1),
        "sum": lambda: x.sum(),
    }[workload["op"]]
    return operation(run)


def gemm():
    a, b = tensor(data["x"]), tensor(data["y"])
    if workload["form"] == "TN":
        a = a.t()
    if workload["form"] == "NT":
        b = b.t()
    return operation(lambda: torch.matmul(a, b))


kinds = {"train": train, "inference": inference, "elementwise": elementwise, "gemm": gemm}
if workload["kind"] not in kinds:
    answer({"absent": "nothing of the sort"})
    sys.exit()
step, read = kinds[workload["kind"]]()
last = step()
if job.get("once"):
    answer({"first": [last]})
    sys.exit()


def timed(count):
    """Milliseconds a step."""
    global last
    start = time.perf_counter()
    for _ in range(count):
        last = step()
    return 1e3 * (time.perf_counter() - start) / count


def probe(values):
    return [float(values[math.floor(part * len(values))]) for part in (0, 0.3, 0.7)]


first = [last] if read is None else probe(read())
began = time.perf_counter()
fastest = math.inf
steps = 1
while steps < WARM_UP["steps"] or time.perf_counter() - began < WARM_UP["seconds"]:
    if time.perf_counter() - began > WARM_UP["at_most"]:
        break
    fastest = min(fastest, timed(1))
    steps += 1
    if read is None and len(first) < 3:
        first.append(last)
batch = math.ceil(SAMPLE / fastest) if fastest < SHORT else 1
answer({"first": first})

for line in sys.stdin:
    message = json.loads(line)
    if message.get("end"):
        break
    spent = 0.0
    while spent < REWARM and fastest < REWARM:
        spent += batch * timed(batch)
    samples, spent = [], 0.0
    while not samples or spent < 1e3 * message["seconds"]:
        samples.append(timed(batch))
        spent += batch * samples[-1]
    answer({"samples": samples})
answer({"done": True, "last": last if read is None else None})
