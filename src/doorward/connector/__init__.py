"""The on-site agent: speaks to devices, keeps a spool and works while the cloud is away."""
