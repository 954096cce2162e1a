"""Names: their words, what they announce, which are the same, and which say nothing about whose they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portlint import names
from portlint.model import Kind


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("INNGEST_PORT", "inngest port"),
        ("inngestPort", "inngest port"),
        ("inngest-port", "inngest port"),
        ("spring.redis.port", "spring redis port"),
        ("--http-port", "http port"),
        ("HTTPPort", "http port"),
        ("baseURL", "base url"),
        ("allowedURLs", "allowed urls"),
        ("API2_URL", "api 2 url"),
        ("PGPORT", "pg port"),
        ("REDISHOST", "redis host"),
        ("apiurl", "api url"),
        ("端口_PORT", "端口 port"),
        ("", ""),
        ("__", ""),
    ],
)
def test_tokens(name: str, expected: str) -> None:
    assert " ".join(names.tokens(name)) == expected


@pytest.mark.parametrize(
    "name",
    "IMPORT_X SUPPORT_EMAIL VIEWPORT REPORT_PATH PASSPORT_SECRET AIRPORT_CODE TELEPORT_TOKEN TRANSPORT PORTABLE PORTFOLIO "
    "GHOST HOSTED_ZONE HOSTING LOCALHOST CURL_OPTS ZIP IMPORT EXPORT seaport rapport".split(),
)
def test_a_word_within_a_word_announces_nothing(name: str) -> None:
    assert names.kind_of(name) is None
    assert not {"port", "host", "url", "ip"} & set(names.tokens(name))


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        (
            Kind.PORT,
            "PORT port DB_PORT HTTP_PORT serverPort server.port APP_PORT_HTTP PORT_EXTERNAL POSTGRES_EXTERNAL_PORT PORT_HTTP "
            "EXPOSE_PORT PORT_NUMBER portNumber DEFAULT_PORT PORT_DEFAULT PORT_2 PORT2 SMTP_PORT_SSL BACKEND_PORT_INTERNAL "
            "APP_PORT_DEV PORT_BACKEND PORT_METRICS PGPORT WEBPORT targetPort containerPort hostPort HOST_PORT ports",
        ),
        (
            Kind.HOST,
            "HOST HOSTNAME DB_HOST TRANSPORT_HOST DB_HOST_TEST REDIS_HOST_2 PGHOST BIND_ADDRESS server.address REDIS_ADDR IP_ADDRESS",
        ),
        (
            Kind.URL,
            "URL SUPPORT_URL PORTAL_URL apiBaseUrl BASEURL DATABASE_URI SENTRY_DSN CORS_ORIGINS API_URL_V1 API_URL_LOCAL VITE_API_URL "
            "IMPORT_URL HEALTH_ENDPOINT",
        ),
        (
            None,
            "PORT_TIMEOUT PORT_RANGE PORT_COUNT PORT_NAME PORT_TYPE PORT_MAPPING PORT_CHECK_INTERVAL portId EMAIL_ADDRESS "
            "MAC_ADDRESS walletAddress COLOR NAME",
        ),
    ],
)
def test_kind_of(kind: Kind | None, found: str) -> None:
    wrong = {name: names.kind_of(name) for name in found.split() if names.kind_of(name) is not kind}
    assert wrong == {}


@pytest.mark.parametrize(
    "same",
    [
        "INNGEST_PORT inngestPort inngest-port inngest.port VITE_INNGEST_PORT NEXT_PUBLIC_INNGEST_PORT",
        "API_URL apiUrl REACT_APP_API_URL PUBLIC_API_URL EXPO_PUBLIC_API_URL APIURL",
        "PGPORT PG_PORT",
    ],
)
def test_one_name_in_every_style(same: str) -> None:
    assert len({names.canonical(name) for name in same.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("VITE_PORT", "PORT"),  # the port of the development server and that of the server beside it
        ("PUBLIC_URL", "URL"),
        ("API_PORT", "APP_PORT"),
        ("REDIS_PORT", "REDIS_PORT_2"),
        ("VITEST_PORT", "T_PORT"),
    ],
)
def test_other_names_stay_apart(one: str, other: str) -> None:
    assert names.canonical(one) != names.canonical(other)


@pytest.mark.parametrize(
    ("generic", "found"),
    [
        (
            True,
            "PORT HOST API_URL SERVER_PORT APP_PORT_HTTP PORT_EXTERNAL HTTP_PORT VITE_PORT VITE_API_URL PORT_NUMBER BASE_URL PORT_2 "
            "BIND_ADDRESS GRPC_PORT METRICS_PORT SSL_PORT",
        ),
        (
            False,
            "INNGEST_PORT DB_PORT REDIS_URL VITE_INNGEST_URL POSTGRES_EXTERNAL_PORT PORTAL_URL KAFKA_HOST 端口_PORT",
        ),
    ],
)
def test_generic(generic: bool, found: str) -> None:
    assert [name for name in found.split() if names.is_generic(name) is not generic] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("INNGEST_PORT", "INNGEST"),
        ("inngestUrl", "INNGEST"),
        ("VITE_INNGEST_BASE_URL", "INNGEST"),
        ("INNGEST_PORT_NUMBER", "INNGEST"),
        ("REDIS_HOST_PORT", "REDIS"),
        ("PORT", ""),
        ("HOST_PORT", ""),
        ("DEFAULT_PORT", ""),
        ("PORT_BACKEND", "BACKEND"),
        ("SMTP_PORT_SSL", "SMTP_SSL"),
        ("PORTAL_URL", "PORTAL"),
        ("API_PATH_PREFIX", "API"),
        ("COLOR", "COLOR"),
        ("", ""),
    ],
)
def test_stem(name: str, expected: str) -> None:
    assert names.stem(name) == expected


def test_public() -> None:
    assert names.is_public("VITE_API_URL") and names.is_public("next_public_x")
    assert not names.is_public("INVITE_URL") and not names.is_public("API_URL")


@given(
    st.text(max_size=30) | st.lists(st.sampled_from("PORT HOST URL VITE_ _ API 1 x".split()), max_size=6).map("".join)
)
def test_any_name_has_answers_that_fit_together(name: str) -> None:
    canonical = names.canonical(name)
    assert names.canonical(canonical) == canonical or names.is_public(canonical)
    assert isinstance(names.is_generic(name), bool)
    assert set(names.tokens(names.stem(name))) <= set(names.tokens(canonical))
    names.kind_of(name)
