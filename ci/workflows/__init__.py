"""GitHub workflows: the files beside this one are the source, .github/workflows holds their copies."""
