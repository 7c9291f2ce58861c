"""`almanac chat`: a conversation in a terminal, or read from a pipe."""
