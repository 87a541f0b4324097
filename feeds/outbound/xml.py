"""Text on its way into XML: what XML 1.0 cannot carry at all is made visible instead of breaking the document."""

import re
from xml.etree.ElementTree import Element, tostring

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def safe(text: str) -> str:
    """The text with everything that XML forbids replaced by a mark; escaping is the encoder's."""
    return _NOT_XML.sub("\ufffd", text)


def encode(root: Element) -> bytes:
    """The document as UTF-8. It says that it is XML: takproto reads it as a message by that alone."""
    data: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return data
