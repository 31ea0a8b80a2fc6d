"""Commands of `report` that fill a module of their own; `press.cli` gathers them."""
