"""The interface for other programs under /api/v1: cases, recordings, receipts; described by OpenAPI."""

from qa_app.web.api.app import create_app

__all__ = ["create_app"]
