"""Initial angles of variational circuits: problems, ansätze, learned starts, opponents.

families    a named random stream -> problems: Hamiltonians with their descriptors
ansatz      a problem -> a circuit whose parameters are the angles
landscape   problems of one size as arrays -> the energy as a pure function of the angles
learners    learn a start over problems
opponents   starts that need no meta-learning
descent     gradient descent from a start, and its number of circuits on a device
"""
