"""transcript + scorecard -> checks -> answers with evidence -> score -> (a person decides) -> evaluation."""
