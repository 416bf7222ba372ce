# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one process to its end: wall time from its start, the moment each epoch was reported, peak memory."""
import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time

SAMPLE_SECONDS = 0.2
EPOCH_LINE = re.compile(r"^epoch\s+(\d+)/\d+\s")


def session_processes(session):
    """The ids of all processes of a session: the job and its workers, whoever their parent is by now."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(fields[3]) == session:
            found.append(name)
    return found


def shared_out_kilobytes(process):
    """Proportional set size: memory shared by n processes counts for one n-th in each."""
    try:
        with open(f"/proc/{process}/smaps_rollup") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("Pss:")), 0)
    except OSError:
        return 0


class MemoryWatch(threading.Thread):
    def __init__(self, session):
        super().__init__(daemon=True)
        self._session = session
        self._ended = threading.Event()
        self.peak_megabytes = 0.0

    def run(self):
        while not self._ended.wait(SAMPLE_SECONDS):
            kilobytes = sum(shared_out_kilobytes(process) for process in session_processes(self._session))
            self.peak_megabytes = max(self.peak_megabytes, kilobytes / 1024)

    def stop(self):
        self._ended.set()
        self.join()


def read_lines(process, start):
    """Reads standard error to its end; when each epoch was reported, and the last lines for a failure."""
    moments, tail = {}, []
    for line in process.stderr:
        match = EPOCH_LINE.match(line)
        if match:
            moments[int(match.group(1))] = time.perf_counter() - start
        tail = (tail + [line.rstrip()])[-15:]
    return moments, tail


def last_document(text):
    try:
        return json.loads(text)
    except ValueError:
        return {}


def measure(command, environment=None):
    """{seconds, peak_megabytes, load, document} and for each of the document's epochs `at`, seconds after the start;
    {error} where the process failed."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.PIPE, text=True, errors="replace",
                                   env={**os.environ, **(environment or {})}, start_new_session=True)
        watch = MemoryWatch(process.pid)
        watch.start()
        try:
            moments, tail = read_lines(process, start)
            process.wait()
        except BaseException:
            os.killpg(process.pid, signal.SIGTERM)
            raise
        seconds = time.perf_counter() - start
        watch.stop()
        output.seek(0)
        document = last_document(output.read())
    if process.returncode != 0:
        return {"error": f"exit status {process.returncode}: " + " / ".join(tail), "command": command}
    for epoch in document.get("epochs", []):
        epoch["at"] = moments.get(epoch["epoch"], seconds)
    return {"seconds": seconds, "peak_megabytes": watch.peak_megabytes, "load": load, "document": document,
            "command": command}
