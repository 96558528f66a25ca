"""The rules as data: the table of differentials, the derivatives of element-wise functions, named identities."""
