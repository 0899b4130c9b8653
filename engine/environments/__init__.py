"""Go as an environment for reinforcement learning; `import insei` registers `insei/Go-v0`.

`import insei` imports this module as soon as Gymnasium is imported.
"""

import gymnasium

gymnasium.register(
    "insei/Go-v0",
    entry_point="insei.engine.environments.go_env:GoEnv",
    vector_entry_point="insei.engine.environments.go_vector_env:GoVectorEnv",
)
