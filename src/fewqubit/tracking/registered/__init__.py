"""Models that MLflow has registered: how they are written, which of them is the champion."""
