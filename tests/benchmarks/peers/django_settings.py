"""Django for one page, configured in this very process: a token, a template, and no database."""

from pathlib import Path

import django
from django.conf import settings


def configure() -> None:
    """Configure it, once for the whole process."""
    if settings.configured:
        return
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        LOGGING_CONFIG=None,
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
        ],
        ROOT_URLCONF="tests.benchmarks.peers.django_page",
        SECRET_KEY="only to be measured",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [Path(__file__).parent / "templates"],
            }
        ],
        USE_I18N=False,
    )
    django.setup()
