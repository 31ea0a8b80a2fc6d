"""Register data: from raw months, events and spells to persons, shares and regressions."""
