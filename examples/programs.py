"""Ask the page that `make chat` serves: python examples/programs.py [ADDRESS]"""

import sys

from gradio_client import Client

client = Client(sys.argv[1] if sys.argv[1:] else "http://127.0.0.1:7860", verbose=False)
answer = client.predict(question="who attended the Qamishli airport meeting", api_name="/ask")
print(answer["text"])
for passage in client.predict(query="airport meeting", k=3, api_name="/search"):
    article = client.predict(id=passage["article"]["id"], api_name="/read_article")
    print(article["title"], article["text"][passage["start"] : passage["end"]], sep="\n  ")
client.close()
