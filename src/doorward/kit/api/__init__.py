"""The API's conventions: shapes, problems, pages by cursor and the OpenAPI document."""
