"""What Alembic runs: migrations, inside the transaction of the caller."""

from alembic import context

from app.store import (  # noqa: F401  They fill the metadata.
    batch_models,
    connection_models,
    models,
    notice_models,
    people_models,
    records,
    team_models,
)
from app.store.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
