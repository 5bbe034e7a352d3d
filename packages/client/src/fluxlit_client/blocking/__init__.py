"""The parts of the blocking client, one for each kind of call."""
