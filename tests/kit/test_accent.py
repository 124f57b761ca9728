"""Any accent that is taken can be read, in light and in dark; any other is refused with a mend."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.kit.accent import LETTERS, SHAPES, PaleAccent, contrast, is_colour, palette, style

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
# What frontend/css/tokens.css has: letters, and what they stand on.
INK, QUIET = ("#1a2033", "#e7eaf3"), ("#566076", "#a2abc0")
GROUNDS = (("#ffffff", "#f3f4f9", "#f7f8fb"), ("#181c28", "#0f121b", "#141823", "#1e2331"))


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#767676", "#ffffff", 4.54)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


@given(COLOURS)
def test_what_is_taken_can_be_read_in_light_and_in_dark(accent: str) -> None:
    if contrast(accent, "#ffffff") < LETTERS:
        with pytest.raises(PaleAccent) as refusal:
            palette(accent)
        accent = refusal.value.darker
    colours = palette(accent)
    for theme, grounds in enumerate(GROUNDS):
        fill, deep, ink, vivid, soft = (
            (pair.light, pair.dark)[theme]
            for pair in (colours.fill, colours.deep, colours.ink, colours.vivid, colours.soft)
        )
        assert contrast(fill, "#ffffff") >= LETTERS
        assert contrast(deep, "#ffffff") >= LETTERS
        for ground in (*grounds, soft):
            assert contrast(ink, ground) >= LETTERS
            assert contrast(vivid, ground) >= LETTERS
        assert all(contrast(fill, ground) >= SHAPES for ground in grounds)
        # Words that are not links stand on the soft ground, too.
        assert contrast(INK[theme], soft) >= LETTERS
        assert contrast(QUIET[theme], soft) >= LETTERS
    # Buttons of mails, in dark.
    assert contrast(colours.ink.dark, "#0b1220") >= LETTERS


def test_an_accent_in_light_is_the_one_that_was_chosen() -> None:
    assert palette("#7a2048").fill.light == "#7a2048"
    assert "--brand: light-dark(#7a2048, #" in style(palette("#7a2048"))


@pytest.mark.parametrize(
    "text", ["", "7a2048", "#7A2048", "#7a204", "#7a2048;", "red", "#7a2048\n"]
)
def test_what_is_no_colour_is_told(text: str) -> None:
    assert not is_colour(text)
