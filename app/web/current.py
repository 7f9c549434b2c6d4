"""What the views work with, as the present app has it."""

from typing import cast

from flask import current_app

from app.remote.client import CampaignApi
from app.remote.connection import Connection
from app.sandbox.ledger import Ledger
from app.store.database import Store


def store() -> Store:
    return cast(Store, current_app.extensions["store"])


def api() -> CampaignApi:
    return cast(CampaignApi, current_app.extensions["api"])


def connection() -> Connection:
    return api().connection


def ledger() -> Ledger:
    return cast(Ledger, current_app.extensions["ledger"])
