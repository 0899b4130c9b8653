"""A program that has a pool do numbered tasks, and prints what happens as lines of JSON.

python -m tests.helpers.faults.driver '{"address": ..., "workers": "1..6", "tasks": 50}'

A line on standard input ends the work once the tasks under way are done.
"""

import json
import math
import os
import sys
import threading
import time
from contextlib import closing

from insei.system.actor_pool import ActorPool
from insei.system.errors import UserError
from insei.system.ray_actors import RayActors
from insei.system.ray_session import start_ray
from insei.system.worker_range import WorkerRange

told = threading.Event()  # that no further task is wanted


def make_worker(index):
    class Worker:  # made here: it travels by value
        def work(self, number, seconds, fault):
            if fault and index == 0:
                if fault == "raise":
                    raise OSError(28, "no room")
                return {"nan": math.nan, "garbage": "x"}[fault]
            time.sleep(seconds)
            return number

    return Worker()


def fault_of(task, result):
    if not isinstance(result, int):
        return f"{result!r}: wanted a number"
    return ""


def say(kind, **more):
    print(json.dumps({"at": time.monotonic(), "kind": kind, **more}), flush=True)


def main(options):
    if path := options.get("path"):
        sys.path.append(path)
        import driver_only

        make = driver_only.make_worker
    else:
        make = make_worker
    workers = WorkerRange.of(options["workers"])
    start_ray(workers.least, options.get("address"))
    pool = ActorPool(
        RayActors(),
        make,
        workers,
        lambda line: say("notice", line=line),
        options.get("patience", 60.0),
        fault_of,
        ahead=options.get("ahead", 1),
    )
    with closing(pool):
        work(pool, options)


def work(pool, options):
    before, number, num_done = None, 0, 0
    while num_done < number or number < options["tasks"]:
        if told.is_set():
            options["tasks"] = number
        while pool.num_free and number < options["tasks"]:
            pool.submit("work", number, options["seconds"], options.get("fault", ""))
            number += 1
        for done in pool.wait(0.5):
            say("done", task=done.result)
            num_done += 1
        now = sorted((actor.birth.process_id, actor.node) for actor in pool.actors if actor.birth)
        if now != before:
            say("workers", pids=[pid for pid, _ in now], nodes=[node for _, node in now])
            before = now
    say("end", tasks=number)


def listen():
    sys.stdin.readline()
    told.set()


if __name__ == "__main__":
    say("begin", pid=os.getpid())
    threading.Thread(target=listen, daemon=True).start()
    try:
        main(json.loads(sys.argv[1]))
    except UserError as error:
        say("error", line=str(error))
