"""What other tools find in the same miniature repositories; see the README beside it."""
