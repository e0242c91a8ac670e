"""What the editor sees: panels, menus, keys, labels on strips. Drawing only, from what is already known."""
