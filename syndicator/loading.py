"""Where templates come from."""

from collections.abc import Callable

import jinja2


class Loader(jinja2.FileSystemLoader):
    """A folder without its hidden files: those are not digested, so no page would follow them."""

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """As jinja2 does.

        :raises jinja2.TemplateNotFound: also where a name of its path begins with a dot.
        """
        if any(part.startswith(".") and part != "." for part in template.split("/")):
            raise jinja2.TemplateNotFound(template)
        return super().get_source(environment, template)
