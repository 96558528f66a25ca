"""Symbolic evidence: functions written out in components with SymPy, which knows none of the engine's rules."""
