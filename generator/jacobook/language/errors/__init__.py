"""What is said about a text that cannot be read: where it is wrong, why, and what would fit."""
