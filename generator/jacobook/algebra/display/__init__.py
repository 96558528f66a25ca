"""The form in which results are shown: what cancels, what is collected, and how words of matrices stand."""
