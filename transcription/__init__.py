"""recording -> decoded channels -> speech regions -> packed batches -> engine -> utterances -> metrics -> transcript."""
