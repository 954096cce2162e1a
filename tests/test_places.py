"""Profiles and components from paths."""

from __future__ import annotations

import pytest

from portlint.places import DEFAULT, Components, compatible, profile_of

STATED = {
    "default": """.env .env.example .env.local .env.docker docker-compose.yml docker-compose.override.yml Dockerfile values.yaml
        src/main/resources/application.yml appsettings.json config/default.json src/environments/environment.ts settings/base.py
        latest.yml contest.py Latest.java Contest.java attest.ts fastest.go src/latest/app.py contests/run.py manifest.yml
        docs/testing.md docs/test.md TESTING.md docs/tests/guide.md docs/production.md openapi-spec.yaml playwright.config.ts
        scripts/deploy.sh dev.sh live/index.html packages/integration/src/index.ts src/preview/view.ts src/protest.py
        app/templates/nginx.conf nginx/templates/default.conf.template charts/app/templates/service.yaml
        helm/templates/api/service.yaml k8s/base/deployment.yaml .github/dependabot.yml reproduction.py productions.yml
        device.yml devices/config.yml""",
    "production": """.env.production .env.prod prod.env .env.production.example docker-compose.prod.yml compose.production.yaml
        prod.docker-compose.yml Dockerfile.prod docker/Dockerfile.production values-production.yaml values.prod.yaml
        settings/production.py settings_production.py production_settings.py config/environments/production.rb
        config/production.json config/prod.exs src/main/resources/application-prod.yml appsettings.Production.json
        src/environments/environment.prod.ts k8s/overlays/production/deployment.yaml k8s/overlays/prod-eu/patch.yaml
        environments/prod/main.tf env/prod.tfvars prod.tfvars nginx.prod.conf nginx/prod.conf Caddyfile.prod webpack.prod.js
        vite.config.prod.ts production.ini fly.production.toml scripts/start_prod.sh prod.sh deploy/prod/docker-compose.yml
        ENV/Prod.env""",
    "development": """.env.development .env.development.local .env.dev.example Dockerfile.dev dev.Dockerfile docker-compose-dev.yml
        Procfile.dev Makefile.dev settings/dev.py config/development.yml appsettings.Development.json .dev.vars start-dev.sh
        src/main/resources/bootstrap-dev.yml""",
    "staging": ".env.staging values-staging.yaml fly.staging.toml .env.qa k8s/overlays/staging/x.yaml",
    "test": """.env.test test.env .test.env docker-compose_test.yml compose.e2e.yml Dockerfile-test config/environments/test.rb
        config/test.exs src/test/resources/application.yml src/main/resources/application-test.properties
        src/integrationTest/resources/application.yml src/androidTest/x.kt MyApp.Tests/appsettings.json
        cypress/support/commands.js tests/conftest.py conftest.py e2e/login.spec.ts tests/README.md test/data/x.md
        test.sh test_api.py test-api.sh test.py tests.py run_tests.py smoke-test.sh load_test.py api_test.go api.test.ts
        api.spec.js user_spec.rb UserTest.java UserTests.cs UserIT.java LoginSpec.scala config.test.js app.test.yml
        __tests__/x.js src/mocks/handlers.ts fixtures/data.json apps/web-e2e/project.json unit_tests/x.py tests_e2e/x.py
        test-data/x.json docker-compose.testing.yml""",
    "ci": """.github/workflows/x.yml .github/actions/setup/action.yml sub/.github/workflows/test.yml .gitlab-ci.yml
        .circleci/config.yml Jenkinsfile azure-pipelines.yml .env.ci docker-compose.ci.yml ci/docker-compose.yml
        .forgejo/workflows/a.yml bitbucket-pipelines.yml""",
    "sample:examples": "examples/README.md",
    "sample:examples/foo": "examples/foo/docker-compose.yml examples/foo/src/app.py",
    "sample:templates/python": "templates/python/Dockerfile templates/python/src/app.py",
}


@pytest.mark.parametrize("profile", STATED)
def test_profile_of(profile: str) -> None:
    assert {path: profile_of(path) for path in STATED[profile].split() if profile_of(path) != profile} == {}


def test_file_names_with_blanks_and_line_breaks() -> None:
    assert profile_of("my app/docker compose.yml") == DEFAULT
    assert profile_of("中文/配置.yml") == DEFAULT
    assert profile_of("a\nb/test_x.py") == "test"


def test_compatible() -> None:
    assert compatible("default", "development") and compatible("development", "default")
    assert compatible("production", "production")
    assert not compatible("default", "production") and not compatible("development", "test")


def test_components() -> None:
    components = Components(
        """README.md backend/pyproject.toml backend/app/main.py web/package.json web/src/a.ts worker/Dockerfile.dev
        deploy/.env.example deploy/nginx/nginx.conf tools/run.py api/Api.csproj api/src/x.cs gen/.envrc.md""".split()
    )
    expected = {
        "README.md": "",
        "backend/app/main.py": "backend",
        "backend/pyproject.toml": "backend",
        "web/src/deep/er/a.ts": "web",
        "worker/x.py": "worker",
        "deploy/nginx/nginx.conf": "deploy",
        "tools/run.py": "",
        "api/src/x.cs": "api",
        "gen/x.py": "",
        "webapp/x.py": "",
    }
    assert {path: components.of(path) for path in expected} == expected
    assert components.of_folder("web/src") == "web" and components.of_folder("") == ""
    assert components.manifests == {"", "backend", "web"}
