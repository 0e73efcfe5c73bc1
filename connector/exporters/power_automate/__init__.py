"""A custom connector for Power Automate and Logic Apps; ``export`` makes it."""
