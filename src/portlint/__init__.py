"""portlint: a static linter for ports, hosts and URLs that must agree across a repository."""

__version__ = "0.1.0"
