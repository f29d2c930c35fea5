"""From a control-flow graph to blocks, loops and conditionals, which is all that WebAssembly has.

`graph` finds dominators, loops and whether the graph is reducible; `relooper` builds the tree.
"""
