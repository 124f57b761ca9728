"""Sites and companies: made by whom, refused when, told to whom."""

import pytest

from doorward.devices.models import ShelfEntry
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.sites.actions import (
    SITE_FIELDS,
    SiteForm,
    change_site,
    create_company,
    create_site,
    delete_company,
    delete_site,
)
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry, Node
from tests.cast import Cast
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db
ELM = SiteForm(name="Elm Yard", zone="Europe/Paris")


def test_a_site_is_a_node_below_its_installer(ivan: Actor, maple: Site) -> None:
    site = create_site(ivan, maple.installer, ELM)
    assert site.node.path == f"{maple.installer.path}{site.node.pk}/"


def test_an_installer_builds_only_below_himself(oscar: Actor, maple: Site) -> None:
    with pytest.raises(Forbidden):
        create_site(oscar, maple.installer, ELM)


def test_a_site_belongs_to_an_installer_not_to_another_site(ivan: Actor, maple: Site) -> None:
    with pytest.raises(Refused, match=r"site\.owner"):
        create_site(ivan, maple.node, ELM)


@pytest.mark.parametrize("zone", ["", "Berlin", "Europe/Berlin ", "../etc/passwd", "GMT+25"])
def test_a_zone_is_one_of_the_list(ivan: Actor, maple: Site, zone: str) -> None:
    with pytest.raises(Invalid) as fault:
        create_site(ivan, maple.installer, SiteForm(name="Elm Yard", zone=zone))
    assert set(fault.value.faults) == {"zone"}


def test_a_refused_site_leaves_no_node(ivan: Actor, maple: Site) -> None:
    before = Node.objects.count()
    with pytest.raises(Invalid):
        create_site(ivan, maple.installer, SiteForm(name="Maple Court", zone="Europe/Berlin"))
    assert Node.objects.count() == before


def test_another_zone_or_format_is_told_to_every_device(
    ivan: Actor, maple: Site, run_jobs: RunJobs
) -> None:
    clocks = ShelfEntry.objects.filter(kind="clock", device__site=maple)
    before = set(clocks.values_list("device", "revision"))
    facts = {name: getattr(maple, name) for name in SITE_FIELDS}
    change_site(ivan, maple, SiteForm(**{**facts, "zone": "Asia/Tokyo"}))
    run_jobs()
    assert not before & set(clocks.values_list("device", "revision"))


def test_another_street_is_told_to_no_device(ivan: Actor, maple: Site, run_jobs: RunJobs) -> None:
    before = set(ShelfEntry.objects.values_list("pk", "revision"))
    facts = {name: getattr(maple, name) for name in SITE_FIELDS}
    change_site(ivan, maple, SiteForm(**{**facts, "street": "Elm Street 1"}))
    run_jobs()
    assert set(ShelfEntry.objects.values_list("pk", "revision")) == before


def test_a_manager_changes_no_site(mona: Actor, maple: Site) -> None:
    with pytest.raises(Forbidden):
        change_site(mona, maple, ELM)


def test_a_site_with_bound_devices_stays(ivan: Actor, maple: Site) -> None:
    with pytest.raises(Refused, match=r"site\.bound"):
        delete_site(ivan, maple)
    assert Site.objects.visible_to(ivan).filter(pk=maple.pk).exists()


def test_a_refused_deletion_leaves_no_trail(ivan: Actor, maple: Site) -> None:
    before = AuditEntry.objects.count()
    with pytest.raises(Refused):
        delete_site(ivan, maple)
    assert AuditEntry.objects.count() == before


def test_an_empty_site_goes(ivan: Actor, maple: Site) -> None:
    site = create_site(ivan, maple.installer, ELM)
    delete_site(ivan, site)
    assert not Site.objects.visible_to(ivan).filter(name="Elm Yard").exists()


def test_a_company_with_people_stays(mona: Actor, acme: Company) -> None:
    with pytest.raises(Refused, match="in_use"):
        delete_company(mona, acme)


def test_an_empty_company_goes(mona: Actor, maple: Site, cast: Cast) -> None:
    company = create_company(mona, maple, name="Cedar")
    delete_company(mona, company)
    assert not Company.objects.filter(name="Cedar").exists()


def test_an_administrator_makes_no_companies(ada: Actor, maple: Site) -> None:
    with pytest.raises(Forbidden):
        create_company(ada, maple, name="Cedar")
