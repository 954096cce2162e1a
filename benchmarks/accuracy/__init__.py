"""How many disagreements portlint finds, and how many of its findings are real; see the README beside it."""
