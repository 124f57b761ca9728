"""Technical manuals: a file for each model of device, kept by the operator."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from doorward.files.models import StoredFile
from doorward.kit import clock
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import Sight, TenantQuerySet

_MODEL_FORM = _("Write the model as its device states it, such as X916.")


class Manuals(TenantQuerySet["Manual"]):
    """They belong to the installation: whoever sees devices reads them."""

    sees = Can.VIEW_DEVICE
    sights = frozenset({Sight.ABOVE})


class Manual(models.Model):
    """The manual of a model, which is written as a device states it, in capitals."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    model = models.CharField(
        _("model"),
        max_length=32,
        unique=True,
        validators=[RegexValidator(r"^[0-9A-Z][0-9A-Z ._-]*$", _MODEL_FORM)],
    )
    file = models.OneToOneField(StoredFile, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    objects = Manuals.as_manager()

    def __str__(self) -> str:
        return self.model
