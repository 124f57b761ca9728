"""The tree of tenants, accounts with their standings, permissions, tokens and the audit trail."""
