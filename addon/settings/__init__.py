"""What the user chooses: preferences, keys, caps, and the settings kept on scenes and strips."""
