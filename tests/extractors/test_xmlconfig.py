"""XML settings: Maven, .NET, Service Fabric, Tomcat, and the many URLs in XML that are nobody's address."""

from __future__ import annotations

import pytest
from helpers import run_extractor
from hypothesis import given
from hypothesis import strategies as st

from portlint.extractors import format_of, xmlconfig
from portlint.model import Kind, Role


def ports(text: str, path: str = "web.config") -> list[tuple[str, str, str]]:
    """Role, name and written value of every port that is not only read."""
    return [
        (item.role.value, item.name, text[slice(*item.span)])
        for item in run_extractor("xmlconfig", text, path).occurrences
        if item.kind is Kind.PORT and item.role is not Role.READS
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<add key="ApiPort" value="8300"/>', ("declares", "ApiPort", "8300")),
        ("<add key='ApiUrl' value='http://localhost:8300/x' />", ("declares", "ApiUrl", "8300")),
        ('<add name="Db" connectionString="Server=db,8300;User=x"/>', ("connects", "Db", "8300")),
        ('<binding protocol="http" bindingInformation="*:8300:localhost"/>', ("listens", "", "8300")),
        ('<endpoint address="http://localhost:8300/svc" binding="b"/>', ("connects", "", "8300")),
        ('<Endpoint Name="Web" Protocol="http" Port="8300"/>', ("listens", "", "8300")),
        ('<Parameter Name="Web_Port" DefaultValue="8300"/>', ("defaults", "Web_Port", "8300")),
        ('<Parameter Name="Port" Value="[Web_Port]"/>', ("declares", "Port", "[Web_Port]")),
        ('<Connector port="8300" protocol="HTTP/1.1"\n  redirectPort="8443"/>', ("listens", "", "8300")),
        ("<properties><server.port>8300</server.port></properties>", ("declares", "server.port", "8300")),
        ("<configuration><port>8300</port></configuration>", ("declares", "configuration.port", "8300")),
        ("<properties><db.url>jdbc:mysql://db:8300/x</db.url></properties>", ("declares", "db.url", "8300")),
        (
            "<a>\n  <api.url>\n    http://api:${api.port}/x\n  </api.url>\n</a>",
            ("declares", "a.api.url", "${api.port}"),
        ),
        ("<!-- default port 8300 -->", ("documents", "", "8300")),
    ],
)
def test_each_form(text: str, expected: tuple[str, str, str]) -> None:
    assert ports(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        '<project xmlns="http://maven.example.test/POM/4.0.0" xsi:schemaLocation="http://x http://x:80/a">',
        "<url>https://example.test/project</url><license><url>http://www.example.test/LICENSE</url></license>",
        "<properties><java.version>17</java.version><import>8300</import></properties>",
        '<dependency name="x" version="8300"/>',
        '<Server port="-1" shutdown="SHUTDOWN"/>',
        '<add key="SerialPort" value="COM3"/>',
        "<port>8300<x/></port>",
        "<![CDATA[<port>8300</port>]]>",
        "<a><port>8300</a></port>",
    ],
)
def test_what_is_no_address_is_silent(text: str) -> None:
    assert ports(text) == []


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("backend/pom.xml", True),
        ("src/Web/web.config", True),
        ("web.Release.config", True),
        ("fabric/ApplicationParameters/Local.1Node.xml", True),
        ("PackageRoot/ServiceManifest.xml", True),
        ("AndroidManifest.xml", False),
        ("res/layout/main.xml", False),
        ("feed.xml", False),
    ],
)
def test_which_files_are_read(path: str, read: bool) -> None:
    found = format_of(path)
    assert (found is not None and found.name == "xmlconfig") is read


@given(st.text(alphabet="<>/a\"'=! \n-[]é😀", max_size=40))
def test_nothing_crashes(text: str) -> None:
    xmlconfig.extract("web.config", f'{text}<add key="A_PORT" value="8300"/>')


@given(st.text(alphabet="aé端😀\t ", max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_places_are_exact_after_any_text(before: str, end: str) -> None:
    assert ports(f'<x>{before}</x>{end}<add key="A_PORT" value="8300"/>') == [("declares", "A_PORT", "8300")]
