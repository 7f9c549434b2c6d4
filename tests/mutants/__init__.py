"""Small faults put into the code on purpose: each has to be noticed by a test, or explained."""
