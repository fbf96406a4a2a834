"""Pictures of circuits and kernels: apart from what they show, so that an edit retrains nothing."""
