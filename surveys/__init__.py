"""case -> clock -> resolution -> closing callback -> closed loop -> trend (its nouns arrive with the complaint case)."""
