"""What does a process cost that does nothing but import what everyone has?"""

import flask
import requests
import sqlalchemy

__all__ = ["flask", "requests", "sqlalchemy"]
