"""Mutations: small wrong changes of code, specs and policies, each of which a test has to notice (README.md)."""
