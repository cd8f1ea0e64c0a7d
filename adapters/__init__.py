"""Implementations in several languages behind the adapter protocol, and how they are judged."""
