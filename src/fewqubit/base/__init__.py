"""What all packages use: settings as values, names, user code, arithmetic, missing extras."""
