"""Floor 2: what can be done with operations. It is given a store, a door and files."""

from connector.engine.engine import Engine
from connector.engine.parts import Order, Parts

__all__ = ["Engine", "Order", "Parts"]
