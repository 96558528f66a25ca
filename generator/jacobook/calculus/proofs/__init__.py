"""A proof of every rule: in entries, from simpler rules, or an argument in words."""
