"""Countries with their calling codes, to choose from beside a telephone number."""

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from doorward.kit.countries import by_label, called, countries

_CODES = {
    region: code for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() for region in regions
}


def calling_codes() -> tuple[tuple[str, str], ...]:
    """Return countries by their two letters, such as “United States +1”, in order of their names.

    They are called as in the reader's language.
    """
    return by_label(
        (region, f"{called(name)} +{_CODES[region]}")
        for region, name in countries()
        if region in _CODES
    )
