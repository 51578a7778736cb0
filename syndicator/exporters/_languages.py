"""What each language calls itself."""

NATIVE = {"nl": "Nederlands", "fr": "Français", "de": "Deutsch", "en": "English"}
