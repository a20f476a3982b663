#!/usr/bin/env python3
"""damascene view as a reader, and as an attacker on the same machine, meets it.

    test_view.py BINARY [unittest arguments]
"""
import html
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

BINARY = os.path.abspath(sys.argv[1])
FUZZED = 10000
SECRET = b"outside-the-folder-4711"
HOSTILE = '<img src=x onerror=alert(1)> & "title"'


def record(folder, title, exit_code=0, finished="2026-01-02T03:04:05Z"):
    folder.mkdir(parents=True)
    (folder / "recipe.toml").write_text("damascene = \"1\"\ntitle = '%s'\n" % title)
    (folder / "run.json").write_text(json.dumps({"exit": exit_code, "finished": finished}))
    (folder / "log.jsonl").write_text('{"v":1,"t":2.5,"event":"result","step":"","text":"done"}\n')
    (folder / "report.html").write_text("<!doctype html><p>" + title)


class Server:
    """A running `damascene view`; `ask` sends raw bytes, `get` a well-formed request."""

    def __init__(self, folder, *words):
        self.process = subprocess.Popen([BINARY, "view", str(folder), *words], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        match = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/([0-9a-f]{32})/", self.url)
        assert match, self.url
        self.port, self.token = int(match[1]), match[2]

    def connect(self, timeout=20):
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def ask(self, raw, half_close=True):
        with self.connect() as s:
            try:
                s.sendall(raw)
                if half_close:
                    s.shutdown(socket.SHUT_WR)
                parts = []
                while chunk := s.recv(65536):
                    parts.append(chunk)
            except (ConnectionResetError, BrokenPipeError):
                return b""
        return b"".join(parts)

    def get(self, place, host=None, method="GET", token=None, headers=""):
        host = f"127.0.0.1:{self.port}" if host is None else host
        head = f"{method} /{self.token if token is None else token}/{place} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n"
        return Reply(self.ask(head.encode("latin-1"), half_close=False))

    def memory(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(10)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


class Reply:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1]) if lines[0] else 0
        self.headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}


class View(unittest.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp())
        self.root = self.scratch / "results"
        record(self.root / "lines", "45 nm lines")
        record(self.root / "group" / "bad", HOSTILE.replace("'", ""), exit_code=1, finished="2026-01-03T00:00:00Z")
        self.values = bytes(random.Random(1).randrange(256) for _ in range(300000))
        (self.root / "lines" / "image").mkdir()
        (self.root / "lines" / "image" / "intensity.npy").write_bytes(self.values)
        (self.root / "lines" / "two words #1.csv").write_text("a\n1\n")
        (self.root / ".hidden").write_text("hidden")
        (self.scratch / "secret.txt").write_bytes(SECRET)
        (self.root / "way_out").symlink_to(self.scratch / "secret.txt")
        (self.root / "folder_out").symlink_to(self.scratch)
        self.server = Server(self.root)

    def tearDown(self):
        if self.server.process.poll() is None:
            self.server.stop()
        shutil.rmtree(self.scratch)

    def test_files_arrive_byte_for_byte(self):
        reply = self.server.get("lines/image/intensity.npy")
        self.assertEqual((reply.status, reply.body), (200, self.values))
        self.assertEqual(self.server.get("lines/report.html").headers["content-type"], "text/html; charset=utf-8")
        self.assertEqual(self.server.get("lines/two%20words%20%231.csv").body, b"a\n1\n")
        self.assertEqual(self.server.get("lines/absent.npy").status, 404)

    def test_a_folder_of_runs_lists_them_newest_first_and_escaped(self):
        reply = self.server.get("")
        page = reply.body.decode()
        self.assertEqual(reply.status, 200)
        self.assertNotIn("<img", page)
        self.assertIn(html.escape(HOSTILE), page)
        self.assertLess(page.index("limit not met"), page.index("run complete"))
        self.assertIn('href="./group/bad/report.html"', page)
        self.assertIn("2.5 s", page)
        self.assertIn("<td>2026-01-02 03:04:05</td>", page)
        nonce = re.search(r"script-src 'nonce-([0-9a-f]{32})'", reply.headers["content-security-policy"])[1]
        self.assertIn(f'<script nonce="{nonce}">', page)
        self.assertNotIn(nonce, self.server.get("").body.decode())

    def test_a_run_leads_to_its_report_and_its_files_are_listed(self):
        reply = self.server.get("lines/")
        self.assertEqual((reply.status, reply.headers["location"]), (302, f"/{self.server.token}/lines/report.html"))
        self.assertEqual(self.server.get("lines").headers["location"], f"/{self.server.token}/lines/")
        page = self.server.get("lines/?files").body.decode()
        self.assertIn('href="./two%20words%20%231.csv"', page)
        self.assertIn('href="./image/?files"', page)
        self.assertIn('href="../?files"', page)
        self.assertNotIn('href="../', self.server.get("?files").body.decode())

    def test_only_the_report_runs_a_script_and_it_may_ask_for_nothing(self):
        (self.root / "lines" / "evil.html").write_text("<script>fetch('../')</script>")
        (self.root / "lines" / "evil.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
        self.assertTrue(self.server.get("lines/evil.html").headers["content-type"].startswith("text/plain"))
        self.assertIn("sandbox", self.server.get("lines/evil.svg").headers["content-security-policy"])
        policy = self.server.get("lines/report.html").headers["content-security-policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("connect-src", policy)

    def test_wrong_tokens_are_refused(self):
        token = self.server.token
        for wrong in ["", "x", token[:-1], token + "0", token[:-1] + ("0" if token[-1] != "0" else "1"), token.upper() + "/"]:
            reply = self.server.get("lines/report.html", token=wrong)
            self.assertEqual(reply.status, 403, wrong)
            self.assertNotIn(b"45 nm", reply.body)

    def test_foreign_hosts_are_refused(self):
        port = self.server.port
        for host in ["evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port + 1}", f"127.0.0.1.evil.example:{port}",
                     f"127.0.0.1:{port}@evil.example", f"[::1]:{port}"]:
            self.assertEqual(self.server.get("lines/report.html", host=host).status, 421, host)
        self.assertEqual(self.server.get("lines/report.html", host=f"localhost:{port}").status, 200)
        start = f"GET /{self.server.token}/ HTTP/1.1\r\n"
        self.assertEqual(Reply(self.server.ask(f"{start}\r\n".encode())).status, 400)
        twice = f"{start}Host: 127.0.0.1:{port}\r\nHost: evil.example\r\n\r\n"
        self.assertEqual(Reply(self.server.ask(twice.encode())).status, 400)

    def test_no_way_leads_out_of_the_folder(self):
        for way in ["../secret.txt", "lines/../../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "lines/..%2f..%2fsecret.txt", "..\\secret.txt",
                    "lines/%2e%2e/%2e%2e/secret.txt", "/secret.txt", "/etc/passwd", "%2fetc%2fpasswd", "way_out", "folder_out/secret.txt",
                    "folder_out/", "./lines/report.html", "lines//report.html", "lines/report.html%00.png", ".hidden", "%", "%4", "%zz",
                    "..;/secret.txt", "%c0%ae%c0%ae/secret.txt", "lines/report.html/"]:
            reply = self.server.get(way)
            self.assertIn(reply.status, (400, 403, 404), way)
            self.assertNotIn(SECRET, reply.body)
            self.assertNotIn(b"root:", reply.body)

    def test_only_get_is_answered(self):
        for method in ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT", "get"]:
            reply = self.server.get("lines/report.html", method=method)
            self.assertEqual((reply.status, reply.headers.get("allow")), (405, "GET"), method)

    def test_ranges_are_slices(self):
        size = len(self.values)
        draw = random.Random(2)
        for _ in range(60):
            first = draw.randrange(size)
            last = draw.randrange(first, size + 100)
            reply = self.server.get("lines/image/intensity.npy", headers=f"Range: bytes={first}-{last}\r\n")
            self.assertEqual((reply.status, reply.body), (206, self.values[first:last + 1]))
            self.assertEqual(reply.headers["content-range"], f"bytes {first}-{min(last, size - 1)}/{size}")
        self.assertEqual(self.server.get("lines/image/intensity.npy", headers="Range: bytes=-7\r\n").body, self.values[-7:])
        self.assertEqual(self.server.get("lines/image/intensity.npy", headers=f"Range: bytes={size - 3}-\r\n").body, self.values[-3:])
        outside = self.server.get("lines/image/intensity.npy", headers=f"Range: bytes={size}-\r\n")
        self.assertEqual((outside.status, outside.headers["content-range"]), (416, f"bytes */{size}"))
        for whole in ["bytes=0-1,5-6", "bytes=5-2", "lines=1-2", "bytes=", "bytes=-", "bytes=a-b", "bytes=" + "9" * 4000 + "-", "bytes=1-2-3"]:
            reply = self.server.get("lines/image/intensity.npy", headers=f"Range: {whole}\r\n")
            self.assertEqual((reply.status, len(reply.body)), (200, size), whole)

    def test_a_running_log_arrives_line_by_line_and_ends_with_the_record(self):
        folder = self.root / "now"
        folder.mkdir()
        log = folder / "log.jsonl"
        log.write_text('{"t":0,"text":"plan"}\n')
        self.assertIn('data-events="./now/?events"', self.server.get("").body.decode())
        with self.server.connect(10) as s:
            s.sendall(f"GET /{self.server.token}/now/?events HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\n\r\n".encode())
            stream = s.makefile("rb")
            while stream.readline() != b"\r\n":
                pass
            lines = []
            for k in range(3):
                lines.append(stream.readline())
                self.assertEqual(stream.readline(), b"\n")
                with log.open("a") as f:
                    f.write('{"t":%d,"half' % k)
                    f.flush()
                    time.sleep(0.3)
                    f.write('":1}\n')
            (folder / "run.json").write_text('{"exit":0}')
            rest = stream.read()
        self.assertEqual(lines, [b'data: {"t":0,"text":"plan"}\n', b'data: {"t":0,"half":1}\n', b'data: {"t":1,"half":1}\n'])
        self.assertEqual(rest, b'data: {"t":2,"half":1}\n\nevent: end\ndata: {}\n\n')

    def test_no_child_folder_stops_hangs_or_leaks(self):
        folders = {name: self.root / name for name in ("record", "piped", "linked")}
        for folder in folders.values():
            folder.mkdir()
            (folder / "log.jsonl").write_text('{"t":1,"text":"plan"}\n')
        (folders["record"] / "run.json").mkdir()
        os.mkfifo(folders["piped"] / "recipe.toml")
        (self.scratch / "log.jsonl").write_bytes(b'{"t":1,"text":"%s"}\n' % SECRET)
        for name in ("log.jsonl", "run.json", "recipe.toml"):
            (folders["linked"] / name).unlink(missing_ok=True)
            (folders["linked"] / name).symlink_to(self.scratch / "log.jsonl")
        for way in ["", *(name + "/" for name in folders)]:
            reply = self.server.get(way)
            self.assertEqual(reply.status, 200, way)
            self.assertNotIn(SECRET, reply.body, way)
        events = self.server.get("linked/?events")
        self.assertEqual((events.status, SECRET in events.body), (404, False))
        page = self.server.get("").body.decode()
        self.assertIn('<a href="./record/?files">', page)
        self.assertIn('data-events="./piped/?events"', page)
        self.assertIn(">45 nm lines<", page)

    def test_slow_and_silent_clients_hold_nobody_else(self):
        with open(self.root / "large.bin", "wb") as f:
            f.truncate(64 << 20)
        held = [self.server.connect() for _ in range(40)]
        for k, s in enumerate(held):
            if k % 2:
                s.sendall(f"GET /{self.server.token}/large.bin HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\n\r\n".encode())
            else:
                s.sendall(b"GET / HT")
        start = time.monotonic()
        self.assertEqual(self.server.get("lines/image/intensity.npy").body, self.values)
        self.assertLess(time.monotonic() - start, 5)
        self.assertLess(self.server.memory(), 64 << 10)
        for s in held:
            s.close()

    def test_endless_heads_cost_no_memory(self):
        before = self.server.memory()
        for start in [b"GET / HTTP/1.1\r\n", b"GET /" + b"a" * 100000]:
            with self.server.connect() as s:
                answer = b""
                try:
                    s.sendall(start)
                    for k in range(2000):
                        s.sendall(b"X-%d: %s\r\n" % (k, b"v" * 10000))
                except (ConnectionResetError, BrokenPipeError):
                    pass
                try:
                    answer = s.recv(100)
                except ConnectionResetError:
                    pass
                self.assertTrue(answer == b"" or b" 431 " in answer, answer)
        self.assertLess(self.server.memory() - before, 8 << 10)

    def test_other_addresses_of_this_machine_are_not_served(self):
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.2", self.server.port), timeout=3).close()

    def test_a_taken_port_and_a_missing_folder_are_told(self):
        taken = subprocess.run([BINARY, "view", self.root, "--port", str(self.server.port)], capture_output=True, text=True, timeout=20)
        self.assertEqual(taken.returncode, 3)
        self.assertIn("D0902", taken.stderr)
        absent = subprocess.run([BINARY, "view", self.root / "absent"], capture_output=True, text=True, timeout=20)
        self.assertEqual(absent.returncode, 2)
        self.assertIn("D0301", absent.stderr)
        range_ = subprocess.run([BINARY, "view", self.root, "--port", "70000"], capture_output=True, text=True, timeout=20)
        self.assertEqual((range_.returncode, "D0114" in range_.stderr), (2, True))

    def test_the_chosen_port_is_taken_and_an_interrupt_ends_in_peace(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            free = s.getsockname()[1]
        server = Server(self.root, "--port", str(free))
        self.assertEqual(server.port, free)
        self.assertEqual(server.get("lines/report.html").status, 200)
        self.assertEqual(server.stop(), 0)

    def mutated(self, draw):
        """A valid request with damage: bytes, lengths, repeats, cuts, other methods, hostile paths; sometimes pure noise."""
        ways = ["lines/report.html", "", "?files", "lines/?events", "../secret.txt", "%2e%2e%2fsecret.txt", "way_out", "folder_out/secret.txt",
                "lines/%00", "%", "a" * draw.randrange(6000), "/" * draw.randrange(50)]
        token = self.server.token if draw.random() < 0.8 else draw.choice(["", "x" * 32, "..", self.server.token[:-1]])
        host = draw.choice([f"127.0.0.1:{self.server.port}"] * 4 + ["evil.example", "", "\x00", "a" * 300])
        raw = bytearray((f"{draw.choice(['GET'] * 6 + ['POST', 'HEAD', 'G' * 300, ''])} /{token}/{draw.choice(ways)} "
                         f"HTTP/{draw.choice(['1.1'] * 6 + ['1.0', '2', '9.9', ''])}\r\nHost: {host}\r\n"
                         f"Range: bytes={draw.choice(['0-1', '-', '5-', '-5', '9' * 30 + '-', '0-1,' * 300, 'x'])}\r\n"
                         f"{'X: y' + chr(13) + chr(10) if draw.random() < 0.5 else ''}\r\n").encode("latin-1"))
        for _ in range(draw.choice([0, 0, 1, 2, 8])):
            at = draw.randrange(len(raw))
            kind = draw.randrange(4)
            if kind == 0:
                raw[at] = draw.randrange(256)
            elif kind == 1:
                del raw[at:at + draw.randrange(1, 20)]
            elif kind == 2:
                raw[at:at] = raw[at:at + draw.randrange(1, 60)] * draw.randrange(1, 30)
            else:
                raw[at:at] = bytes(draw.randrange(256) for _ in range(draw.randrange(1, 30)))
            if not raw:
                break
        return bytes(raw) if draw.random() < 0.95 else bytes(draw.randrange(256) for _ in range(draw.randrange(400)))

    def test_ten_thousand_damaged_requests_change_nothing(self):
        before = self.server.memory()
        seen, faults = {}, []

        def attack(seed):
            draw = random.Random(seed)
            for _ in range(FUZZED // 4):
                raw = self.mutated(draw)
                reply = self.server.ask(raw)
                if SECRET in reply or b"hidden" in reply.partition(b"\r\n\r\n")[2] or (reply and not re.match(rb"HTTP/1\.1 \d{3} ", reply)):
                    faults.append((raw, reply[:200]))
                status = int(reply[9:12]) if reply else 0
                seen[status] = seen.get(status, 0) + 1

        attackers = [threading.Thread(target=attack, args=(seed,)) for seed in range(4)]
        for a in attackers:
            a.start()
        for a in attackers:
            a.join()
        self.assertEqual(faults, [])
        self.assertEqual(sum(seen.values()), FUZZED)
        self.assertGreater(seen.get(400, 0), 100)
        self.assertGreater(seen.get(403, 0), 100)
        self.assertGreater(seen.get(421, 0), 100)
        self.assertIsNone(self.server.process.poll())
        self.assertEqual(self.server.get("lines/image/intensity.npy").body, self.values)
        self.assertLess(self.server.memory() - before, 16 << 10)
        print(f"answers to {FUZZED} damaged requests: {dict(sorted(seen.items()))}", file=sys.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
