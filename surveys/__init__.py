"""case -> clock -> resolution -> closing callback -> closed loop -> trend (arrives with the complaint case)."""
