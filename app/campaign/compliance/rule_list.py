"""The rules by jurisdiction, each with the topics for which its law has been read."""

from dataclasses import dataclass
from functools import cache

from app.campaign.compliance.coverage import find_read_topics
from app.campaign.compliance.places import find_place
from app.campaign.compliance.rule import Rule
from app.campaign.compliance.rule_file import Topic
from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.formatting import format_count


@dataclass(frozen=True)
class Jurisdiction:
    """One place with rules or a reading of its own; `read` says so for each topic."""

    code: str
    name: str
    read: dict[Topic, str]
    rules: tuple[Rule, ...]


@cache
def list_jurisdictions() -> tuple[Jurisdiction, ...]:
    """List every place that has rules or has been read for any, by name, parts after countries."""
    rules = load_rulebook().rules
    codes = {rule.jurisdiction for rule in rules} | load_rulebook().read_for.keys()
    entries = (
        Jurisdiction(
            code,
            find_place(code).name,
            {topic: _describe_reading(code, topic) for topic in Topic},
            tuple(rule for rule in rules if rule.jurisdiction == code),
        )
        for code in codes
    )
    return tuple(
        sorted(
            entries,
            key=lambda jurisdiction: (find_place(jurisdiction.code[:2]).name, jurisdiction.name),
        )
    )


def _describe_reading(code: str, topic: Topic) -> str:
    """Describe what is known for a topic: the number of rules, none found, or not read."""
    count = sum(rule.jurisdiction == code and rule.topic is topic for rule in load_rulebook().rules)
    if count:
        return format_count(count, "rule")
    return "none found" if topic in find_read_topics(code) else "not read"
