"""What is known of the edit and its jobs, and the one timer that keeps it so."""
