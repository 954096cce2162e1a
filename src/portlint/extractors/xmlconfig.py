"""XML settings: Maven's ``pom.xml``, .NET ``web.config`` and ``app.config``, Service Fabric manifests, Tomcat.

Sources: maven.apache.org "POM Reference" (properties); learn.microsoft.com ``appSettings``, ``connectionStrings``,
``system.serviceModel`` endpoints, IIS ``bindingInformation`` (``address:port:host``), Service Fabric "Service model XML
schema" (``Endpoint``, ``Parameter``, ``[Name]`` for a parameter's value); tomcat.apache.org "HTTP Connector".

Tags are read by one pattern: parsers of the standard library do not say where an attribute stands.
"""

from __future__ import annotations

import re
from typing import Any

from portlint import names, templates, urls
from portlint.collecting import Collector
from portlint.endpoints import declare, endpoint, remark
from portlint.extractors.jsonconfig_tools import connection_string
from portlint.model import Extraction, Kind, Role
from portlint.text import Fragment
from portlint.values import Expression, Reference, literal_text

_MARKUP = re.compile(
    r"<!--(?P<comment>.*?)(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<(?P<close>/)?(?P<tag>[A-Za-z_][\w:.\-]*)"
    r"(?P<attributes>(?:\s+[\w:.\-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*+)\s*(?P<empty>/)?>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([\w:.\-]+)\s*=\s*(?:\"([^\"<]*)\"|'([^'<]*)')")
_BINDING = re.compile(r"[^:]*:(?P<port>[0-9]{1,5}):[^:]*")
_NUMERIC = re.compile(r"[0-9.]{7,15}")
_PARAMETER = re.compile(r"\[([A-Za-z_][\w.\-]*)\]")
_LISTENERS = frozenset({"connector", "endpoint"})
_OTHERS = re.compile(r"xmlns(?::.*)?|xsi:.*|schemalocation|version|id|class|type", re.IGNORECASE)
_DEEPEST = 200


def extract(path: str, text: str) -> Extraction:
    """What an XML file says: named values, listeners, addresses; text that is no markup is passed over."""
    into = Collector(default_how="default value")
    stack: list[tuple[str, int, bool]] = []
    for match in _MARKUP.finditer(text):
        tag = match["tag"]
        if match["comment"] is not None:
            remark(into, Fragment.slice_of(text, *match.span("comment")))
        elif tag is None:
            continue
        elif match["close"]:
            if stack and stack[-1][0] == tag and stack[-1][2]:
                parents = [name for name, _, _ in stack[:-1]]
                _content(tag, parents, Fragment.slice_of(text, stack[-1][1], match.start()), into)
            while stack and stack.pop()[0] != tag:
                pass
        else:
            _attributes(tag, _read(text, match), into)
            if stack:
                stack[-1] = (stack[-1][0], stack[-1][1], False)
            if not match["empty"] and len(stack) < _DEEPEST:
                stack.append((tag, match.end(), True))
    return into.build()


def _read(text: str, match: re.Match[str]) -> dict[str, Fragment]:
    found = {}
    for attribute in _ATTRIBUTE.finditer(text, *match.span("attributes")):
        group = 2 if attribute.group(2) is not None else 3
        if not _OTHERS.fullmatch(attribute.group(1)):
            found[attribute.group(1).lower()] = Fragment.slice_of(text, *attribute.span(group))
    return found


def _value(source: Fragment) -> Expression:
    parameter = _PARAMETER.fullmatch(source.text)
    if parameter:
        return Reference(parameter.group(1), source.whole)
    return templates.parse(source, templates.SPRING)


def _attributes(tag: str, given: dict[str, Fragment], into: Collector) -> None:
    """``<add key="A" value="b"/>`` and its relatives, listeners, addresses."""
    kind = tag.rpartition(":")[2].lower()
    name = next((given[key].text for key in ("key", "name") if key in given), "")
    for key, role in (("value", Role.DECLARES), ("defaultvalue", Role.DEFAULTS)):
        if name and key in given:
            _named(name, given[key], role, "attribute", into)
    if "connectionstring" in given:
        connection_string(given["connectionstring"], name or "connectionString", into)
    binding = _BINDING.fullmatch(given["bindinginformation"].text) if "bindinginformation" in given else None
    if binding:
        port = given["bindinginformation"].cut(*binding.span("port"))
        endpoint(into, Role.LISTENS, _value(port), how="IIS binding")
    if kind in _LISTENERS and "port" in given:
        endpoint(into, Role.LISTENS, _value(given["port"]), how=f"{tag} port", label=name)
    elif "port" in given and given["port"].text.isdigit() and int(given["port"].text) > 0 and kind != "server":
        into.port(Role.DECLARES, _value(given["port"]), name=f"{kind}.port", how="attribute", label=name)
    for key in ("address", "baseaddress", "url", "uri", "href"):
        if key in given and _is_ours(_value(given[key])):
            into.url(Role.CONNECTS, _value(given[key]), name="" if key != "url" else name, how=f"{tag} {key}")


def _content(tag: str, parents: list[str], content: Fragment, into: Collector) -> None:
    """``<server.port>8080</server.port>``: a leaf element is a named value."""
    text = content.text
    inner = content.cut(len(text) - len(text.lstrip()), max(len(text.rstrip()), len(text) - len(text.lstrip())))
    if inner.text and "\n" not in inner.text and len(inner.text) < 500:
        listed = bool(parents) and parents[-1] == "properties"
        _named(tag if listed or not parents else f"{parents[-1]}.{tag}", inner, Role.DECLARES, "element", into)


def _named(name: str, source: Fragment, role: Role, how: str, into: Collector) -> None:
    value = _value(source)
    text = literal_text(value)
    fields: dict[str, Any] = {"role": role, "how": "default value" if role is Role.DEFAULTS else how}
    kind = names.kind_of(name)
    if "://" in source.text:
        told = _is_ours(value)
    elif kind is Kind.PORT:
        told = text is None or text.isdigit()
    else:
        told = kind is Kind.HOST and bool(text) and (text in urls.LOOPBACK or bool(_NUMERIC.fullmatch(text or "")))
    if told:
        declare(into, name, value, **fields)


def _is_ours(value: Expression) -> bool:
    """A URL that says a port or means this machine: others are addresses of schemas, licences and repositories."""
    found = urls.find_urls(value)
    if not found:
        return False
    host = literal_text(found[0].host) if found[0].host is not None else None
    return found[0].port is not None or host in urls.LOOPBACK - {""}
