"""tierbook: customer scoring, tagging and tiering inside Excel."""

__version__ = "0.1.0"
