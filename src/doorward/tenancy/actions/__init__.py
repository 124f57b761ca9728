"""Deeds on the tree: nodes, accounts, tokens, mail."""

from doorward.tenancy.actions.accounts import create_account
from doorward.tenancy.actions.endings import retire_node
from doorward.tenancy.actions.tokens import issue_token, revoke_token
from doorward.tenancy.actions.tree import plant_node, plant_nodes, replant_node, uproot_node

__all__ = [
    "create_account",
    "issue_token",
    "plant_node",
    "plant_nodes",
    "replant_node",
    "retire_node",
    "revoke_token",
    "uproot_node",
]
