"""The add-in on a person's machine: put there, taken away, and what it needs to find there."""
