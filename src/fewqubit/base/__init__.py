"""What every room stands on: settings as values, names, user code, arithmetic, missing extras."""
