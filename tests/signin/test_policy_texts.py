"""How the text of a policy reads: for whoever writes it as for whoever agrees to it."""

import pytest
from django.urls import reverse

from doorward.tenancy.actions import policies
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db

TYPED = "# What we keep\n- names\n- **no** faces\n\n[Ask](mailto:a@b.example), <b>all</b>"
SHOWN = (
    "<h2>What we keep</h2>",
    "<ul><li>names</li><li><strong>no</strong> faces</li></ul>",
    '<a href="mailto:a@b.example" rel="noreferrer">Ask</a>, &lt;b&gt;all&lt;/b&gt;',
)


def test_a_draft_is_shown_as_its_readers_will_see_it(cast: Cast) -> None:
    draft = policies.begin_draft(BUILDER)
    policies.write_draft(BUILDER, draft, {"en": TYPED})
    otto = cast.client("otto")
    preview = otto.get(reverse("policy", args=[draft.pk])).content.decode()
    editor = otto.get(reverse("policy-edit", args=[draft.pk])).content.decode()
    assert '<textarea name="de"' in editor
    reader = cast.client("mona")
    policies.publish(BUILDER, draft)
    asked = reader.get(reverse("welcome-policy")).content.decode()
    for html in SHOWN:
        assert html in preview
        assert html in editor
        assert html in asked


def test_a_look_while_one_types_keeps_nothing(cast: Cast) -> None:
    draft = policies.begin_draft(BUILDER)
    before = draft.texts.get(language="en").text
    page = reverse("policy-edit", args=[draft.pk])
    answer = cast.client("otto").post(page, {"en": TYPED, "de": " ", "look": "yes"})
    assert answer.status_code == 200
    for html in SHOWN:
        assert html in answer.content.decode()
    assert "<form" not in answer.content.decode()
    assert draft.texts.get(language="en").text == before
