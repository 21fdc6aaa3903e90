"""From raw columns to typed ones, by the contract's rules, with every doubt as a probe."""
