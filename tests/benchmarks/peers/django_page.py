"""A plain page of Django with its form, drawn as Django draws one."""

from functools import partial
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from app.campaign.contract.fields import Values
from tests.benchmarks.measure import Wsgi
from tests.benchmarks.peers.django_form import Campaign, CampaignWithTypedZone

FORMS = {"": Campaign, "/typed-zone": CampaignWithTypedZone}

urlpatterns: list[Any] = []


def make_site(sample: Values) -> Wsgi:
    """Make a site with a new campaign's page and a sample's: `/new`, `/sample`, `…/typed-zone`."""
    initial = {name: _as_choice(value) for name, value in sample.items()}
    urlpatterns[:] = [
        path(start + ending, partial(_show, form=form, initial=values))
        for start, values in (("new", {}), ("sample", initial))
        for ending, form in FORMS.items()
    ]
    site: Wsgi = get_wsgi_application()
    return site


def _show(request: HttpRequest, form: Any, initial: Values) -> HttpResponse:
    return render(request, "django_page.html", {"form": form(initial=initial)})


def _as_choice(value: Any) -> Any:
    """Give yes or no as the radio button that stands for it; Django compares texts."""
    return str(value).lower() if isinstance(value, bool) else value
