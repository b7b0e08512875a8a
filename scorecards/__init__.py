"""transcript + scorecard -> checks -> answers with evidence -> score -> (a person confirms or overrules) -> evaluation."""
