"""Floor 2: from a manifest to a platform's package. Pure: nothing here writes a file.

``table.EXPORTERS`` is the table of them. Nothing is imported here: the service needs a few of the
schemas at its start, and not the rest.
"""
