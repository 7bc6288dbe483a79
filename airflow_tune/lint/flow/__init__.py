"""What happens inside functions: calls with their loops, names what they hold, and the tasks that run them.

One fact base for all rules about task code: a function is walked at most once, and only where one of its
calls is of a name that some rule asks for.
"""
