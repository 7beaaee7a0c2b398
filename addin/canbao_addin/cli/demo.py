def run_demo(*a, **k): return 0
