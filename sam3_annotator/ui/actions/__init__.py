"""Everything a person can tell the program to do: one table, and what is made of it."""
