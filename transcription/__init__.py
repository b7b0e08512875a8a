"""recording -> channels -> speech regions -> packed batches -> engine -> utterances -> metrics -> transcript."""
