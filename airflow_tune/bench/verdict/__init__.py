"""What results are worth: grades of one, the changes between two, the course of many."""
