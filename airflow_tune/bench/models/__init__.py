"""What the curves of the bench come to: laws fitted to them, their knees, and what the rules of thumb say."""
