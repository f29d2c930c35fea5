"""From bytes to a syntax tree: lexer, parser, built-in macros, diagnostics."""
