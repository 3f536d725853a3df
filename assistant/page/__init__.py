"""The page in the browser: what it shows, what programs may ask of it, and how it is served."""

import os

# What happens to be set around the program decides neither who can reach the page (GRADIO_SHARE,
# GRADIO_ALLOWED_PATHS, …) nor whom it calls; Gradio reads these when it is imported.
for _name in [name for name in os.environ if name.startswith("GRADIO_")]:
    del os.environ[_name]
os.environ |= {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}
