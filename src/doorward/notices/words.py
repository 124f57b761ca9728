"""What a notice says, in the language of the moment."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorward.notices.models import Notice
from doorward.tenancy.models import NoticeKind

_What, _Kind = Notice.What, NoticeKind
_SENTENCES: Mapping[str, Promise] = {
    _What.FORCED: gettext_lazy("%(about)s was forced open"),
    _What.HELD: gettext_lazy("%(about)s is held open"),
    _What.TAMPER: gettext_lazy("%(about)s was tampered with"),
    _What.INPUT: gettext_lazy("An input of %(about)s was triggered"),
    _What.DONE: gettext_lazy("%(about)s is done"),
    _What.FAULTS: gettext_lazy("%(about)s is done, with faults"),
    _What.FAILED: gettext_lazy("%(about)s failed"),
    _What.ASKED: gettext_lazy("%(by)s asks: %(about)s"),
    _What.ANSWERED: gettext_lazy("%(by)s answered: %(about)s"),
    _What.SOLVED: gettext_lazy("%(by)s marked as solved: %(about)s"),
    _What.BEGUN: gettext_lazy("%(by)s began to act for you"),
    _What.ENDED: gettext_lazy("%(by)s no longer acts for you"),
    _What.ASSIGNED: gettext_lazy("You manage %(about)s from now on"),
    _What.SENT: gettext_lazy("%(by)s: %(about)s"),
}
# Of what its reader does not see any more, only what kind of thing it was.
_HIDDEN: Mapping[str, Promise] = {
    _Kind.ALARM: gettext_lazy("An alarm"),
    _Kind.OFFLINE: gettext_lazy("A device that was offline"),
    _Kind.WORK: gettext_lazy("Background work"),
    _Kind.TICKET: gettext_lazy("A ticket"),
    _Kind.MANAGER: gettext_lazy("A site to manage"),
    _Kind.MESSAGE: gettext_lazy("A message"),
}
# The subject of a mail: whoever looks after the mail reads it, so it names nothing.
_SUBJECTS: Mapping[str, Promise] = {
    _Kind.ALARM: gettext_lazy("An alarm has begun"),
    _Kind.OFFLINE: gettext_lazy("Devices offline or back"),
    _Kind.WORK: gettext_lazy("Background work ended"),
    _Kind.MACS: gettext_lazy("MACs registered"),
    _Kind.MANAGER: gettext_lazy("A site to manage"),
    _Kind.MESSAGE: gettext_lazy("A message"),
}


def sentence(notice: Notice) -> str:
    """Return what happened."""
    told = {"about": notice.about, "by": notice.by, "count": notice.count}
    return _sentence(notice) % told


def hidden(notice: Notice) -> str:
    """Return what may be said of something that its reader does not see."""
    return str(_HIDDEN.get(notice.kind, NoticeKind(notice.kind).label))


def subject(kind: NoticeKind) -> str:
    return str(_SUBJECTS.get(kind, kind.label))


def _sentence(notice: Notice) -> str:
    if notice.what == _What.GONE:
        if notice.count == 1:
            return _("%(about)s is offline")
        return ngettext(
            "%(count)d device is offline: %(about)s",
            "%(count)d devices are offline: %(about)s",
            notice.count,
        )
    if notice.what == _What.BACK:
        if notice.count == 1:
            return _("%(about)s is back online")
        return ngettext(
            "%(count)d device is back online: %(about)s",
            "%(count)d devices are back online: %(about)s",
            notice.count,
        )
    if notice.what == _What.REGISTERED:
        return ngettext(
            "%(by)s registered %(count)d MAC for you",
            "%(by)s registered %(count)d MACs for you",
            notice.count,
        )
    return str(_SENTENCES[notice.what])
