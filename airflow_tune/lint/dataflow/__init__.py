"""What tasks read and write, as far as source shows it: tables, files, objects, services, variables, results.

What is not known is said, with its reason: two tasks are independent only where both are known in full.
"""
