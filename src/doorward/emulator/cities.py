"""City names as a device's zone list shows them, and the zones behind them."""

_BY_REGION = {
    "Africa": "Cairo Casablanca Johannesburg Lagos Nairobi Tunis",
    "America": (
        "Anchorage Bogota Caracas Chicago Denver Halifax Los_Angeles Mexico_City New_York "
        "Phoenix Santiago Sao_Paulo St_Johns Toronto Vancouver Winnipeg"
    ),
    "Asia": (
        "Almaty Baghdad Baku Bangkok Beirut Colombo Dhaka Dubai Hong_Kong Jakarta Jerusalem "
        "Kabul Karachi Kathmandu Kolkata Kuala_Lumpur Kuwait Manila Novosibirsk Qatar Riyadh "
        "Seoul Shanghai Singapore Taipei Tashkent Tbilisi Tehran Tokyo Vladivostok Yekaterinburg "
        "Yerevan"
    ),
    "Atlantic": "Azores Canary Reykjavik",
    "Australia": "Adelaide Brisbane Darwin Hobart Melbourne Perth Sydney",
    "Europe": (
        "Amsterdam Athens Belgrade Berlin Bratislava Brussels Bucharest Budapest Copenhagen "
        "Dublin Helsinki Istanbul Kyiv Lisbon Ljubljana London Luxembourg Madrid Minsk Moscow "
        "Oslo Paris Prague Riga Rome Sofia Stockholm Tallinn Vienna Vilnius Warsaw Zagreb Zurich"
    ),
    "Pacific": "Auckland Fiji Guam Honolulu",
}

ZONE_OF_CITY: dict[str, str] = {
    city.replace("_", " "): f"{region}/{city}"
    for region, cities in _BY_REGION.items()
    for city in cities.split()
}
ZONE_OF_CITY |= {
    "Abu Dhabi": "Asia/Dubai",
    "Beijing": "Asia/Shanghai",
    "Hawaii": "Pacific/Honolulu",
    "Kiev": "Europe/Kyiv",
    "New Delhi": "Asia/Kolkata",
    "UTC": "UTC",
}
