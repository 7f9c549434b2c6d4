"""The form that keeps a view of the list."""

from wtforms import Form

from app.forms.names import make_name_field
from app.store.saved_views import LONGEST_NAME


class ViewForm(Form):
    """The name of a view."""

    name = make_name_field("Enter a name for the view.", LONGEST_NAME)
