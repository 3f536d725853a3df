"""The sheet that lists the keyboard's shortcuts; static/shortcuts.js fills and obeys it."""

BUTTON = (
    '<button type="button" data-opens="shortcuts" aria-haspopup="dialog" '
    'aria-label="Keyboard shortcuts" title="Keyboard shortcuts">?</button>'
)

# Who speaks to the computer, or hits keys by chance, can do without single ones: WCAG 2.1.4.
SHEET = """
<dialog id="shortcuts" class="sheet" aria-labelledby="shortcuts-title"><div class="inside">
<header><h2 id="shortcuts-title">Keyboard shortcuts</h2>
<button type="button" data-closes>Close</button></header>
<table><thead><tr><th scope="col">Key</th><th scope="col">What it does</th></tr></thead>
<tbody></tbody></table>
<label class="switch"><input type="checkbox" checked> Shortcuts of a single key</label>
<p class="note">They rest while you write. Without them, Tab, Enter and Escape reach everything.</p>
</div></dialog>
"""
