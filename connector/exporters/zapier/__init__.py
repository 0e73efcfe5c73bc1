"""An app for the Zapier platform; ``export`` makes it."""
