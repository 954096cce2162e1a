"""Command lines and what they say: each hit with a look-alike that stays silent or says something else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portlint import commands, launches
from portlint.collecting import Collector
from portlint.commands import Command, Word
from portlint.model import Kind, Occurrence, Role
from portlint.text import Fragment, Span
from portlint.values import Literal, Reference, literal_text


def collect(line: str, **fields: Any) -> Collector:
    """What all commands of a line say."""
    into = Collector("shell default")
    for command in commands.parse(Fragment(line)):
        launches.collect(command, into, **fields)
    return into


def value_of(item: Occurrence) -> str:
    text = literal_text(item.value)
    if text is not None:
        return text
    return f"${item.value.name}" if isinstance(item.value, Reference) else "?"


def said(line: str, **fields: Any) -> list[str]:
    """``role kind value how`` of every port and host, without reads and defaults, in the order of the line."""
    found = [
        item
        for item in collect(line, **fields).build().occurrences
        if item.kind in (Kind.PORT, Kind.HOST) and item.role not in (Role.READS, Role.DEFAULTS)
    ]
    return [f"{item.role} {item.kind} {value_of(item)} {item.how}".strip() for item in found]


def ports(line: str) -> list[str]:
    """``role value how`` of every port."""
    return [text.replace(" port ", " ", 1) for text in said(line) if " port " in text]


def one_port(line: str, **fields: Any) -> Occurrence:
    (found,) = (
        item
        for item in collect(line, **fields).build().occurrences
        if item.kind is Kind.PORT and item.role not in (Role.READS, Role.DEFAULTS, Role.DECLARES)
    )
    return found


SPELLINGS = {
    "uvicorn a:b --port 8001": "listens 8001 --port",
    "uvicorn a:b --port=8001": "listens 8001 --port",
    "uvicorn --port 8001 --reload a:b": "listens 8001 --port",
    'uvicorn a:b --port "8001"': "listens 8001 --port",
    "uvicorn a:b --port='8001'": "listens 8001 --port",
    'uvicorn a:b --port "$PORT"': "passes $PORT --port",
    "uvicorn a:b --port=${PORT:-8001}": "passes $PORT --port",
    "uvicorn a:b": "listens 8000 tool default",
    "UVICORN_PORT=8001 uvicorn a:b": "listens 8001 UVICORN_PORT=",
    "flask run -p 5001": "listens 5001 -p",
    "flask run -p5001": "listens 5001 -p",
    "flask run -p$PORT": "passes $PORT -p",
    "flask --app main run": "listens 5000 tool default",
    "gunicorn -b 0.0.0.0:8001 a:b": "listens 8001 -b",
    "gunicorn -b0.0.0.0:8001 a:b": "listens 8001 -b",
    "gunicorn -b :8001 a:b": "listens 8001 -b",
    "gunicorn --bind=[::]:8001 a:b": "listens 8001 --bind",
    "gunicorn --bind 0.0.0.0:$PORT a:b": "passes $PORT --bind",
    "gunicorn --bind 127.0.0.1 a:b": "listens 8000 tool default",
    "gunicorn --bind $BIND_PORT a:b": "passes $BIND_PORT --bind",
    "PORT=9 gunicorn a:b": "listens 9 PORT=",
    "python manage.py runserver": "listens 8000 tool default",
    "python manage.py runserver 8001": "listens 8001 argument",
    "python manage.py runserver 0:8001": "listens 8001 argument",
    "python manage.py runserver [::]:8001 --noreload": "listens 8001 argument",
    "python manage.py runserver --noreload $PORT": "passes $PORT argument",
    "django-admin runserver 0.0.0.0:$P": "passes $P argument",
    "python -m http.server": "listens 8000 tool default",
    "python3.12 -m http.server 9000 -d out": "listens 9000 argument",
    "python -m http.server -d out 9000": "listens 9000 argument",
    "php -S localhost:8001 -t public": "listens 8001 -S",
    "next dev": "listens 3000 tool default",
    "PORT=3001 next dev": "listens 3001 PORT=",
    "vite": "listens 5173 tool default",
    "vite dev --port 3000": "listens 3000 --port",
    "vite preview": "listens 4173 tool default",
    "npx serve -s build -l 5000": "listens 5000 -l",
    "serve -l tcp://0.0.0.0:5000": "listens 5000 -l",
    "mkdocs serve -a localhost:8001": "listens 8001 -a",
    "streamlit run app.py --server.port=8502": "listens 8502 --server.port",
    "celery -A proj --broker=x flower --port 5556": "listens 5556 --port",
    "postgres -c port=5433": "listens 5433 -cport",
    "elasticsearch -E http.port=9201": "listens 9201 -Ehttp.port",
    "java -jar app.jar --server.port=8081": "listens 8081 --server.port",
    "java -Dserver.port=8081 -jar app.jar": "listens 8081 -Dserver.port",
    "mvn spring-boot:run": "listens 8080 tool default",
    "mvn spring-boot:run -Dspring-boot.run.arguments=--server.port=8085": "listens 8085 --server.port",
    "./gradlew bootRun --args='--server.port=8085'": "listens 8085 --server.port",
    "prometheus --web.listen-address=:9091": "listens 9091 --web.listen-address",
    "consul agent -dev -http-port=8501": "listens 8501 -http-port",
    "OLLAMA_HOST=0.0.0.0:11435 ollama serve": "listens 11435 OLLAMA_HOST=",
    "rails s -b 0.0.0.0": "listens 3000 tool default",
    "bundle exec puma -b tcp://0.0.0.0:9293": "listens 9293 -b",
    "redis-server --port 6380": "listens 6380 --port",
    "inngest dev -u http://localhost:8200/api": "listens 8288 tool default",
    "deno serve main.ts": "listens 8000 tool default",
    "deno serve --port 3005 main.ts": "listens 3005 --port",
    "litestar run -P --port 8002": "listens 8002 --port",
    "wds --port 8003": "listens 8003 --port",
}


@pytest.mark.parametrize(("line", "expected"), SPELLINGS.items())
def test_servers(line: str, expected: str) -> None:
    own = [text for text in ports(line) if text.startswith(("listens", "passes"))]
    assert own == [expected]


@pytest.mark.parametrize(
    "line",
    [
        "uvicorn --version",
        "uvicorn --help",
        "uvicorn a:b --uds /tmp/x.sock",
        "gunicorn -b unix:/tmp/x.sock a:b",
        "gunicorn -c conf.py a:b",
        "redis-server /etc/redis.conf",
        "redis-server -v",
        "vite build",
        "next build",
        "flask db upgrade",
        "celery -A proj worker",
        "python manage.py migrate",
        "python manage.py test 8000",
        "php artisan migrate",
        "php script.php",
        "vault server -config=x.hcl",
        "locust --headless -f x.py",
        "pip install uvicorn",
        "apt-get install -y redis-server",
        "which uvicorn",
        "command -v redis-server",
        "systemctl start postgres",
        'pkill -f "uvicorn --port 8000"',
        "echo uvicorn --port 8000",
        "npm run build",
        "npm install --port 3000",
        "next dev --help",
        "java -version",
        "mongod --shardsvr",
        "pocketbase serve example.com",
        "caddy file-server --domain example.com",
        "gunicorn --check-config a:b",
        "jupyter-lab list",
        "deno run serve.ts",
    ],
)
def test_what_serves_nothing(line: str) -> None:
    assert said(line) == []


WRAPPED = (
    "nohup {}",
    "exec {}",
    "sudo {}",
    "sudo -u www -E {}",
    "env A=1 {}",
    "env -i {}",
    "time -p {}",
    "nice -n 5 {}",
    "timeout -k 5 30 {}",
    "xvfb-run -a {}",
    "setsid {}",
    "stdbuf -oL {}",
    "tini -- {}",
    "/sbin/tini -g -- {}",
    "dumb-init -- {}",
    "gosu app {}",
    "su-exec app:app {}",
    "npx {}",
    "npx -y {}",
    "pnpm exec {}",
    "pnpm --filter web exec {}",
    "pnpm dlx {}",
    "yarn {}",
    "yarn dlx {}",
    "bunx {}",
    "npm exec -- {}",
    "poetry run {}",
    "poetry run -- {}",
    "pipenv run {}",
    "uv run {}",
    "uv run --with x --no-sync {}",
    "uvx --from x {}",
    "hatch run {}",
    "pdm run {}",
    "conda run -n x --no-capture-output {}",
    "cross-env A=1 {}",
    "dotenv -e .env -- {}",
    "doppler run -- {}",
    "infisical run --env=dev -- {}",
    "bundle exec {}",
    "docker-entrypoint.sh {}",
    "wait-for-it.sh -t 30 db -- {}",
    "dockerize -timeout 30s {}",
    "watchmedo auto-restart -d . -p '*.py' -R -- {}",
    "opentelemetry-instrument --traces_exporter otlp {}",
    'concurrently -n a,b "npm:x" "{}"',
    'concurrently "{}"',
    'sh -c "{}"',
    "bash -lc '{}'",
    'cmd /c "{}"',
    "cmd /c {}",
    'start "" /b {}',
    'nodemon --exec "{}"',
    "nodemon -w src --exec {}",
    'watchfiles "{}" src',
    'pm2 start "{}" --name x',
    "$RUN {}",
    "nohup sudo -u x env A=1 npx {}",
    "python -m debugpy --listen 5678 -m {}",
    "docker exec -it web {}",
    "docker compose exec -T web {}",
    "$dc exec web {}",
)


@pytest.mark.parametrize("wrapper", WRAPPED)
def test_wrappers_are_taken_off(wrapper: str) -> None:
    line = wrapper.format("uvicorn a:b --port 8123")
    (found,) = (item for item in collect(line).build().occurrences if value_of(item) == "8123")
    assert (found.tool, found.target, found.how) == ("uvicorn", "a:b", "--port")
    assert line[found.span.start : found.span.end] == "8123"


@pytest.mark.parametrize(
    "program",
    [
        "uvicorn",
        "/usr/local/bin/uvicorn",
        "./venv/bin/uvicorn",
        "$VENV/bin/uvicorn",
        '"C:/venv/Scripts/uvicorn.exe"',
        "UVICORN.EXE",
        "uvicorn.cmd",
        "npx uvicorn@latest",
        "uvicorn-linux-amd64",
        "python -m uvicorn",
        "python3 -u -m uvicorn",
        "py -3 -m uvicorn",
        "$PYTHON -m uvicorn",
        "uv run -m uvicorn",
        "$UVICORN",
        '"$uvicorn_exe"',
        '"${UVICORN_BIN:-uvicorn}"',
        "${SERVER:-uvicorn}",
        "$RUN uvicorn",
    ],
)
def test_names_of_programs(program: str) -> None:
    assert one_port(f"{program} a:b").tool == "uvicorn"


@pytest.mark.parametrize("program", ["uvicorns", "my-uvicorn-wrapper", "$SERVER", "$MY_UVICORN_LOG", "uvicorn/run"])
def test_names_that_are_not_the_programs(program: str) -> None:
    assert said(f"{program} a:b") == []


def test_a_variable_names_a_program_more_freely_where_a_subcommand_confirms_it() -> None:
    line = '"$inngest_dev_exe" dev -u "$BACKEND_URL" --config "$f" --host 127.0.0.1'
    found = one_port(line)
    assert (found.tool, value_of(found), found.how) == ("inngest", "8288", "tool default")
    assert line[found.span.start : found.span.end] == "$inngest_dev_exe"
    assert said('"$inngest_dev_exe" send x') == []


def test_a_tool_default_stands_at_the_program_and_names_its_variables() -> None:
    line = "poetry run uvicorn app.main:app"
    port = one_port(line)
    assert (port.role, value_of(port), port.aliases) == (Role.LISTENS, "8000", ("UVICORN_PORT",))
    assert line[port.span.start : port.span.end] == "uvicorn"
    assert said(line) == ["listens host 127.0.0.1 tool default", "listens port 8000 tool default"]
    # Whoever calls the script may give the port.
    assert said('uvicorn app.main:app "$@"') == []
    assert collect('uvicorn app.main:app "$@"').unresolved == 1


def test_a_flag_counts_more_than_the_environment() -> None:
    assert ports("PORT=1 next dev -p 3005") == ["declares 1 command prefix", "listens 3005 -p"]


def test_hosts() -> None:
    assert said("vite --host") == ["listens port 5173 tool default", "listens host 0.0.0.0 --host"]
    assert said("vite --host --port 80") == ["listens host 0.0.0.0 --host", "listens port 80 --port"]
    assert said("flask run -h $H -p 80") == ["passes host $H -h", "listens port 80 -p"]
    assert said("fastapi run x.py")[0] == "listens host 0.0.0.0 tool default"
    assert said("fastapi dev x.py")[0] == "listens host 127.0.0.1 tool default"
    assert said("mongod --bind_ip_all")[1] == "listens host 0.0.0.0 --bind_ip_all"
    assert said("mongod")[0] == "listens host localhost tool default"
    assert said("symfony serve") == ["listens port 8000 tool default"]


def test_one_launch_of_two_tools() -> None:
    assert ports("minio server /data --console-address :9001") == [
        "listens 9000 tool default",
        "listens 9001 --console-address",
    ]
    groups = {item.group for item in collect("minio server /data --console-address :9001").occurrences}
    assert len(groups) == 1


def test_the_group_ties_what_one_command_says() -> None:
    items = collect("uvicorn a:b --host 0.0.0.0 --port 80 && uvicorn c:d --port 81").occurrences
    assert len({item.group for item in items if item.target == "a:b"}) == 1
    assert {item.group for item in items if item.target == "a:b"}.isdisjoint(
        {item.group for item in items if item.target == "c:d"}
    )


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("uvicorn --workers 4 app.main:app", "app.main:app"),
        ("uvicorn --reload app.main:app", "app.main:app"),
        ("streamlit run ui/app.py", "ui/app.py"),
        ("vite dev", ""),
        ("node ./server.js --port 1", "server.js"),
        ("python server.py --port 1", "server.py"),
        ("npm run dev -- --port 1", "dev"),
        ("java -jar app.jar --server.port=1", "app.jar"),
        ("tsx watch src/server.ts --port 1", "src/server.ts"),
        ("go run ./cmd/api -port 1", "cmd/api"),
        ("docker run -p 1:2 a/b:3", "a/b:3"),
    ],
)
def test_targets(line: str, target: str) -> None:
    assert {item.target for item in collect(line).occurrences if item.role is not Role.READS} == {target}


def test_the_app_a_server_is_told_to_connect_to() -> None:
    items = collect("inngest dev -u http://localhost:8200/api --port 8300").build().occurrences
    assert [(item.kind, value_of(item)) for item in items if item.role is Role.CONNECTS and item.name == ""] == [
        ("scheme", "http"),
        ("url", "http://localhost:8200/api"),
        ("host", "localhost"),
        ("port", "8200"),
        ("path", "/api"),
    ]
    assert ports("caddy reverse-proxy --from :8080 --to localhost:3000") == ["listens 8080 --from", "proxies 3000 --to"]


ANY_PROGRAM = {
    "./server --port 8080": ["listens 8080 --port"],
    "./server --PORT=8080": ["listens 8080 --PORT"],
    "./server --http-port $P": ["passes $P --http-port"],
    "./server -port 8080": ["listens 8080 -port"],
    "./server -addr :8080": ["listens 8080 -addr"],
    "./server --listen 0.0.0.0:8080": ["listens 8080 --listen"],
    "./server --listen 8080": ["listens 8080 --listen"],
    "traefik --entryPoints.web.address=:80": ["listens 80 --entryPoints.web.address"],
    "npm run dev -- --port 3001": ["listens 3001 --port"],
    "pnpm run dev -p 3001": ["listens 3001 -p"],
    "cargo run --release -- --port 8080": ["listens 8080 --port"],
    "./server --redis-port 6380": ["connects 6380 --redis-port"],
    "./server --db-host db:5433": ["connects 5433 --db-host"],
    "./server --host db:5433": ["connects 5433 --host"],
    "./server --upstream http://localhost:9000": ["proxies 9000 --upstream"],
    "./server --cors-origins http://localhost:3000": ["allows 3000 --cors-origins"],
    "./server --api-url http://localhost:8000": ["connects 8000 --api-url"],
    "python client.py http://api:8000/x": ["connects 8000 argument"],
    "python -c \"open('http://localhost:8000/')\"": ["connects 8000 argument"],
    "set_env API_URL http://localhost:8000": ["declares 8000 argument"],
    "make run PORT=8000": ["declares 8000 make variable"],
    "set PORT=8000": ["declares 8000 set"],
}


@pytest.mark.parametrize(("line", "expected"), ANY_PROGRAM.items())
def test_any_program(line: str, expected: list[str]) -> None:
    assert ports(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "grep -p 8000",
        "grep --port 8000 x",
        "tar -p 8000",
        "mkdir -p 8000",
        "./server -p 8000",
        "./server --ports",
        "./server --support 8000",
        "./server --import 8000",
        "./server --port auto",
        "esptool.py --port /dev/ttyUSB0",
        "./configure --host=x86_64-linux-gnu",
        "pip install --trusted-host pypi.example -i http://localhost:3141/x y",
        "git clone http://localhost:3000/x.git",
        "pytest --port 8000",
        "python -m pytest --port 8000",
        'echo "--port 8000 http://localhost:8000"',
        "printf 'http://localhost:8000'",
        "curl https://example.com/install.sh",
        "wget -q https://example.com",
        "rm -rf 8000",
    ],
)
def test_look_alikes(line: str) -> None:
    assert said(line) == []


CLIENTS = {
    "curl http://localhost:8000/health": ["connects 8000 curl"],
    "curl -fsS localhost:8000/health": ["connects 8000 curl"],
    "curl -o /dev/null -w '%{http_code}' $HOST:8000": ["connects 8000 curl"],
    "curl http://nginx/": ["connects 80 implied by http://"],
    'curl -H "Origin: http://localhost:3000" http://api:80': ["documents 3000 Origin header", "connects 80 curl"],
    "wget -qO- http://localhost:$PORT": ["connects $PORT wget"],
    "nc -z db 5432": ["connects 5432 nc"],
    "nc -zv -w 3 db $DB_PORT": ["connects $DB_PORT nc"],
    "nc -l 9000": ["listens 9000 nc -l"],
    "nc -lkp 9000": ["listens 9000 nc -l"],
    "psql -h db -p 5433 -U x": ["connects 5433 psql"],
    "pg_isready -p5433": ["connects 5433 pg_isready"],
    "pg_dump postgresql://u:p@db:5433/x": ["connects 5433 pg_dump"],
    "mysql -h db -P 3307 -u root -p3306": ["connects 3307 mysql"],
    "redis-cli -h r -p 6380 ping": ["connects 6380 redis-cli"],
    "mongosh --host m --port 27018": ["connects 27018 mongosh"],
    "kafka-topics.sh --bootstrap-server k1:9092,k2:9093 --list": [
        "connects 9092 kafka-topics",
        "connects 9093 kafka-topics",
    ],
    "ssh -p 2222 user@host": ["connects 2222 ssh"],
    "ssh -N -L 5433:db:5432 host": ["publishes 5433 ssh -L", "connects 5432 ssh -L"],
    "kubectl port-forward svc/web 8080:80": ["publishes 8080 port-forward", "connects 80 port-forward"],
    "wait-on http-get://localhost:3000 tcp:5432": ["connects 3000 wait-on", "connects 5432 wait-on"],
    "wait-for-it.sh db:5432 -t 30": ["connects 5432 wait"],
    "dockerize -wait tcp://db:5432 true": ["connects 5432 wait"],
    "telnet localhost 25": ["connects 25 telnet"],
    "$s3cmd --host=localhost:8333 ls": ["connects 8333 s3cmd"],
    "ngrok http 8000": ["proxies 8000 ngrok"],
    "lt --port 3000": ["proxies 3000 lt"],
    "lsof -i :8300": ["documents 8300 port check"],
    "lsof -ti:8300": ["documents 8300 port check"],
    "lsof -nP -iTCP:$P -sTCP:LISTEN": ["documents $P port check"],
    "fuser -k 8300/tcp": ["documents 8300 port check"],
    "fuser -n tcp 8300": ["documents 8300 port check"],
    "npx kill-port 3000 3001": ["documents 3000 port check", "documents 3001 port check"],
    "netstat -an | grep :8300": ["documents 8300 port check"],
    "netstat -ano | findstr :8300": ["documents 8300 port check"],
    "ufw allow 8000/tcp": ["documents 8000 firewall"],
    "ufw allow proto tcp from any to any port 8000": ["documents 8000 firewall"],
    "firewall-cmd --permanent --add-port=8000/tcp": ["documents 8000 firewall"],
    "iptables -A INPUT -p tcp --dport 8000 -j ACCEPT": ["documents 8000 firewall"],
}


@pytest.mark.parametrize(("line", "expected"), CLIENTS.items())
def test_clients_and_checks(line: str, expected: list[str]) -> None:
    assert ports(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "lsof -p 8300",
        "fuser 8300",
        "kill -9 8300",
        "grep 8300 file",
        "grep -n '8:30' x",
        "ufw status 8000",
        "ss -tln",
        "nc -h",
    ],
)
def test_checks_of_something_else(line: str) -> None:
    assert said(line) == []


def test_a_health_check_gives_its_role_to_clients_only() -> None:
    assert said("curl -f http://localhost:8000/ || exit 1", role=Role.PROBES) == [
        "probes host localhost curl",
        "probes port 8000 curl",
    ]
    assert ports_of("uvicorn a:b --port 8000", role=Role.PROBES) == ["listens"]


def ports_of(line: str, **fields: Any) -> list[str]:
    return [str(item.role) for item in collect(line, **fields).occurrences if item.kind is Kind.PORT]


def mapping(line: str) -> list[tuple[str, str, str, str]]:
    return [
        (item.role, value_of(item), item.network, item.service)
        for item in collect(line).build().occurrences
        if item.kind is Kind.PORT and item.role in (Role.PUBLISHES, Role.EXPOSES)
    ]


@pytest.mark.parametrize(
    "flags",
    [
        "-p 8080:80",
        "-p8080:80",
        "--publish=8080:80",
        "--publish 8080:80/tcp",
        "-d --rm -p 127.0.0.1:8080:80",
        "-itp 8080:80",
    ],
)
def test_published_ports(flags: str) -> None:
    assert mapping(f"docker run {flags} --name web nginx:1.27") == [
        ("publishes", "8080", "host", "web"),
        ("exposes", "80", "container:web", "web"),
    ]


def test_container_ports() -> None:
    assert mapping("podman run -p 80 ghcr.io/x/nginx@sha256:1") == [("exposes", "80", "container:nginx", "nginx")]
    assert mapping("docker run --expose 9000/tcp nginx") == [("exposes", "9000", "container:nginx", "nginx")]
    assert mapping('docker run -p "${P:-8080}:80" nginx')[0] == ("publishes", "$P", "host", "nginx")
    assert sorted(each[1] for each in mapping("docker run -p 80-82:90-92 nginx")) == [
        "80",
        "81",
        "82",
        "90",
        "91",
        "92",
    ]
    assert collect("docker run -p a:b nginx").unresolved == 2
    assert mapping('docker run --name "-p 99:98" nginx') == []
    assert mapping("docker run nginx -p 99:98") == []
    assert mapping("docker ps -p 99:98") == []


def test_what_runs_in_a_container() -> None:
    items = collect("docker run -d -p 1:2 -e PORT=8000 my/api uvicorn a:b --port 8001").occurrences
    inner = {value_of(item): item for item in items if item.kind is Kind.PORT}
    assert (inner["8000"].name, inner["8000"].role, inner["8000"].network) == ("PORT", Role.DECLARES, "container:api")
    assert (inner["8001"].tool, inner["8001"].network, inner["8001"].service) == ("uvicorn", "container:api", "api")
    assert one_port("docker run --network host redis redis-server --port 6380").network == "host"
    assert one_port("docker run prom/prometheus --web.listen-address=:9091").tool == "prometheus"
    assert one_port("docker run -e FLASK_RUN_PORT=5001 x flask run").how == "FLASK_RUN_PORT="
    assert one_port("docker compose exec -T api curl localhost:8000").service == "api"
    assert one_port("docker-compose run --rm api curl localhost:8000").network == "container:api"
    assert one_port("$dc exec api psql -p 5433").service == "api"
    assert said("$dc up -d postgres") == said("docker compose up -d postgres") == []
    (build,) = collect("docker build --build-arg PORT=3000 .").occurrences
    assert (build.name, build.role, build.how) == ("PORT", Role.DECLARES, "--build-arg")


def test_leading_assignments_are_settings() -> None:
    items = [item for item in collect("API_PORT=1 X=2 node x.js").occurrences]
    assert [(item.name, item.role, item.how) for item in items] == [("API_PORT", Role.DECLARES, "command prefix")]
    items = [item for item in collect("cross-env API_PORT=1 node x.js").occurrences]
    assert [(item.name, item.how) for item in items] == [("API_PORT", "command prefix")]
    assert collect("node x.js API_PORT=1").occurrences == []


def test_folders_need_a_base() -> None:
    line = "cd frontend && npm run dev -- --port 3001"
    assert one_port(line).component is None
    assert one_port(line, base="").component == "frontend"
    assert one_port(line, base="apps").component == "apps/frontend"
    assert one_port(line, base="", component="kept").component == "kept"
    assert one_port("cd ../.. && npm run dev -- --port 3001", base="apps").component is None
    assert one_port("npm --prefix frontend run dev -- --port 3001", base="").component == "frontend"
    into = collect("docker run --env-file .env nginx && docker run --env-file ../../x nginx", base="deploy")
    assert [(relation.kind, relation.path) for relation in into.relations] == [("env_file", "deploy/.env")]
    assert collect("docker run --env-file .env nginx").relations == []


def test_the_answer_says_whether_anything_was_collected() -> None:
    def answer(line: str) -> list[bool]:
        return [launches.collect(command, Collector()) for command in commands.parse(Fragment(line))]

    assert answer("uvicorn a:b; ls -l; curl http://localhost:1") == [True, False, True]


def test_commands_built_by_hand() -> None:
    """Exec forms come without a shell; nothing in a word is special."""
    text = '["uvicorn", "a:b", "--port", "8001"]'
    words = []
    for part in ("uvicorn", "a:b", "--port", "8001"):
        span = Span(text.index(part), text.index(part) + len(part))
        words.append(Word(part, Literal(part, span), span))
    into = Collector()
    assert launches.collect(Command(tuple(words), (), Span(0, len(text))), into, service="api", network="container:api")
    (port,) = (item for item in into.occurrences if item.kind is Kind.PORT)
    assert text[port.span.start : port.span.end] == "8001"
    assert (port.service, port.network) == ("api", "container:api")
    assert not launches.collect(Command((), (), Span(0, 0)), into)


def test_commands_within_quotes_keep_their_place() -> None:
    line = 'sh -c "echo \\"端口\\" && uvicorn a:b --port 8001 --host $HOST"'
    (port,) = (item for item in collect(line).occurrences if item.kind is Kind.PORT)
    assert line[port.span.start : port.span.end] == "8001"
    (host,) = (item for item in collect(line).occurrences if item.kind is Kind.HOST and item.role is Role.PASSES)
    assert line[host.span.start : host.span.end] == "$HOST"


@given(
    before=st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\\\"'`$#"), max_size=8),
    port=st.integers(1, 65535),
    spelling=st.sampled_from(["--port {}", "--port={}", '--port "{}"', "--port='{}'"]),
    newline=st.sampled_from([" ", "\t", " \\\n  ", " \\\r\n\t"]),
)
def test_spans_are_exact(before: str, port: int, spelling: str, newline: str) -> None:
    line = f"uvicorn 'a{before}:b'{newline}{spelling.format(port)}{newline}--reload"
    (found,) = (item for item in collect(line).occurrences if item.kind is Kind.PORT)
    assert line[found.span.start : found.span.end] == str(port)
    assert (found.tool, found.how) == ("uvicorn", "--port")


ODD = (
    "docker run exec -p -e --port = : 80 $X $( ) sh -c python -m npx npm -- env A=1 nc ssh -L sudo -u timeout cmd /c "
    'start "" & kubectl lsof -i :80 nodemon --exec concurrently uvicorn vite --host gunicorn -b unix: [::]:80 '
    "wait-for-it dockerize -wait make curl http://"
).split()


@given(st.lists(st.sampled_from(ODD), max_size=8))
def test_no_words_are_too_odd(words: list[str]) -> None:
    given_words = []
    position = 0
    for word in words:
        span = Span(position, position + len(word))
        given_words.append(Word(word, Literal(word, span), span))
        position += len(word) + 1
    into = Collector()
    launches.collect(Command(tuple(given_words), (), Span(0, position)), into)
    for item in into.occurrences:
        assert 0 <= item.span.start <= item.span.end <= position
