"""Floor 0: values and pure functions. No network, no SQL, no clock, no dice."""
