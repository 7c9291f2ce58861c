"""Facts from what a card says outside of its metadata: prose, lists, tables, code, titles.

`EXTRACTORS` maps modules of this package to nothing but their order; each has `extract(card) -> Iterable[Fact]` over
a `CardText`. An extractor only adds facts with evidence; merging and contradictions are the catalogue's work.
"""
