"""Words by which English is known in what a user meets."""

import re

# English and not Dutch, among them all that Streamlit's own widgets and typer's help say.
ENGLISH = re.compile(
    r"\b(the|and|for|with|your|you|file|files|per file|select|selected|remove|clear|choose|options?"
    r"|results?|available|search|show|hide|columns?|download|upload|browse|drag|drop|add|limit"
    r"|fullscreen|link to|skip|main|pages|heading|dismiss|increment|decrement|press|enter to|apply"
    r"|allowed|range|please|value|number|invalid|sort|ascending|descending|autosize|pin|copy|loading"
    r"|running|rerun|stopping|settings|deploy|connection|connecting|error|help for|empty|nan|none"
    r"|polsby-popper score|unknown|true|false|usage|commands?|arguments?|required|default|bool|str"
    r"|int|float|path|text|integer|input|should|missing|exit|got|unexpected)\b",
    re.IGNORECASE,
)
