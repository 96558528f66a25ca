"""Common mistakes: what students write at a line of a derivation, one kind each."""
