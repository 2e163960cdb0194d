"""Reading other people's files safely: bounded before parsing, a report per row, nothing stored."""
