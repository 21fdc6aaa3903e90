from pathlib import Path

from weighbridge.legacy.reference import page
from weighbridge.legacy.rules import all_rules

PAGE = Path(__file__).parents[3] / "docs" / "legacy-rules.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "run: python -m weighbridge.legacy.reference > docs/legacy-rules.md"
    )


def test_the_page_has_every_rule_with_its_parameters() -> None:
    text = page()
    for rule in all_rules():
        assert f"\n## {rule.name}\n" in text
        for name, field in rule.parameters.model_fields.items():
            assert f"| `{field.alias or name}` |" in text
