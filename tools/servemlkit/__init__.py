"""Training and writing of serve_ml bundles with numpy alone."""
