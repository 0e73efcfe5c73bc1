"""How fast is it, and how fast must it be? Every figure beside a yardstick taken in the same run.

A machine's speed changes from minute to minute, so nothing here is an absolute time: ours and
the yardstick alternate, medians are compared, and the ratio has a floor.
"""
