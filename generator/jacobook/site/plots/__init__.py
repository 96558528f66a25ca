"""Plots of functions, contours and patterns of derivatives, drawn by Matplotlib."""
