"""Documents that are no cards, of any kind, as text that can be quoted and parts that can be chunked.

A partitioner per kind (`kinds.py` says which) makes `unstructured` elements of a file; `placing.py` finds them in the
file's own lines, or lays them out as text where the file has none.
"""
