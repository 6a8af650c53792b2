"""A headless Chromium, driven by Playwright; what scripts/setup installs."""
import json
import pathlib
import subprocess

from support import program, stack


class Browser:
    def __init__(self, folder):
        self.log = open(folder / "browser.log", "wb")
        environment = program.clean_environment(
            NODE_PATH=str(stack.ROOT / ".stack" / "deps" / "node" / "node_modules"), HOME=str(folder))
        self.process = subprocess.Popen(
            ["node", str(pathlib.Path(__file__).with_name("browser.js"))], env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self.log, preexec_fn=program._die_with_parent)

    def run(self, code, argument=None):
        """The value of an async function's body, of (page, browser, axe, argument)."""
        self.process.stdin.write(json.dumps({"code": code, "argument": argument}).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError("the browser has ended: " + pathlib.Path(self.log.name).read_text()[-2000:])
        answer = json.loads(line)
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer["value"]

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()
