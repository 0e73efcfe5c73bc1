"""Manifests: read them, find every problem in them, replay their examples.

Nothing here talks to a provider or knows a platform.
"""

from connector.manifest.load import ManifestError, check, load, load_folders
from connector.manifest.problems import Problem
from connector.manifest.replay import Replayed, replay

__all__ = ["ManifestError", "Problem", "Replayed", "check", "load", "load_folders", "replay"]
