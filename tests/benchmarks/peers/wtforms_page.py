"""A plain page of Flask with the form of Flask-WTF, drawn by the widgets of WTForms."""

from pathlib import Path

from flask import Flask, render_template
from flask_wtf import CSRFProtect, FlaskForm

from app.campaign.contract.fields import Values
from tests.benchmarks.peers.wtforms_form import Campaign, TypedZone


class CampaignPage(Campaign, FlaskForm):
    """The form with its token, and the zones to choose from."""


class CampaignPageWithTypedZone(TypedZone, Campaign, FlaskForm):
    """The form with its token, and the zone as a text."""


FORMS = {"": CampaignPage, "/typed-zone": CampaignPageWithTypedZone}


def make_site(sample: Values) -> Flask:
    """Make a site with a new campaign's page and a sample's: `/new`, `/sample`, `…/typed-zone`."""
    site = Flask(__name__, template_folder=str(Path(__file__).parent / "templates"))
    site.config.update(SECRET_KEY="only to be measured")
    CSRFProtect(site)
    for start, values in (("/new", {}), ("/sample", sample)):
        for ending, form in FORMS.items():
            site.add_url_rule(
                start + ending,
                start + ending,
                lambda form=form, values=values: render_template(
                    "wtforms_page.html", form=form(data=values)
                ),
            )
    return site
