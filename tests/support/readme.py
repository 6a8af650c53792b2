"""The README's examples, for tests that run them as they stand there."""
import re

from support import stack

TEXT = (stack.ROOT / "README.md").read_text()


def examples(heading, language):
    """The code blocks of a section."""
    section = re.search(r"^### %s\n(.*?)^##" % re.escape(heading), TEXT, re.MULTILINE | re.DOTALL).group(1)
    return re.findall(r"^```%s\n(.*?)^```" % language, section, re.MULTILINE | re.DOTALL)
