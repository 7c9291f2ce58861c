"""Exit codes, as the contract has them."""

DONE, MUST_ACT, USAGE, PARTLY, INTERRUPTED = 0, 1, 2, 3, 130
