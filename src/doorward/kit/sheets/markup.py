"""Reading XML from strangers in bounded memory, an event at a time."""

from collections.abc import Callable, Iterable, Iterator
from xml.parsers import expat

from doorward.kit.sheets.faults import damaged

Attributes = dict[str, str]

# A tag that does not end, elements in elements without end, names without end: each would cost
# memory before anybody could look at it.
_LONGEST_TAG = 1024 * 1024
_DEEPEST = 64
_MOST_NAMES = 20_000


class Reader:
    """Calls `start` and `end` with local names; text is asked for by `listen`, and told once."""

    def __init__(
        self,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None],
        *,
        longest: int,
    ) -> None:
        self._start, self._end, self._longest = start, end, longest
        self._depth = 0
        self._heard: list[str] | None = None
        self._length = 0

    def listen(self) -> None:
        """Collect text from here on."""
        self._heard, self._length = [], 0

    def heard(self) -> str:
        """Return the text since `listen`; one longer than `longest` is cut just above that."""
        text = "".join(self._heard or ())
        self._heard = None
        return text[: self._longest + 1]

    def run(self, chunks: Iterable[bytes]) -> Iterator[None]:
        """Read chunk by chunk, and yield after each; raise `Unreadable`."""
        parser = self._parser()
        fed = 0
        try:
            for chunk in chunks:
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > _LONGEST_TAG or len(self._names) > _MOST_NAMES:
                    raise damaged()
                yield
            parser.Parse(b"", True)
            yield
        except expat.ExpatError as breakage:
            raise damaged() from breakage

    def _parser(self) -> expat.XMLParserType:
        self._names: dict[str, str] = {}
        parser = expat.ParserCreate(intern=self._names)
        parser.buffer_text = True
        parser.StartElementHandler = self._started
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self._text
        # Without a document type there are no entities, and so none that multiply.
        parser.StartDoctypeDeclHandler = _refuse
        return parser

    def _started(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise damaged()
        self._start(name.rpartition(":")[2], attributes)

    def _ended(self, name: str) -> None:
        self._depth -= 1
        self._end(name.rpartition(":")[2])

    def _text(self, text: str) -> None:
        if self._heard is not None and self._length <= self._longest:
            self._heard.append(text)
            self._length += len(text)


def _refuse(*_declaration: object) -> None:
    raise damaged()
