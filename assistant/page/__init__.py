"""The page in the browser: its content, its functions for programs, and its server."""

import os

# Variables of the environment must not decide who can reach the page (GRADIO_SHARE,
# GRADIO_ALLOWED_PATHS, …), nor which servers it calls. Gradio reads them when it is imported.
for _name in [name for name in os.environ if name.startswith("GRADIO_")]:
    del os.environ[_name]
os.environ |= {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}
