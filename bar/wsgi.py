"""The WSGI application that Gunicorn serves."""

import logging
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bar.settings")
application = get_wsgi_application()
logging.captureWarnings(True)  # a warning is a line of the log like any other
