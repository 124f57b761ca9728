"""A whole site from one workbook: companies, personnel, devices and cards, all or nothing."""
