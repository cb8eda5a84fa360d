# The image of web, worker and clock. It holds no secret and does not run as root.
FROM python:3.11-slim-bookworm

RUN apt-get update -qq \
    && apt-get install -qq --no-install-recommends --yes libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /bar --shell /usr/sbin/nologin bar

WORKDIR /bar
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 BAR_VAR=/var/lib/bar STATIC_ROOT=/bar/staticfiles

# The whole lock, hashes checked. It still brings the packages of the tests along; a lock of its own for the image is the next step.
COPY requirements.lock ./
RUN pip install --no-cache-dir --only-binary :all: --require-hashes --requirement requirements.lock

COPY manage.py LICENSE ./
COPY bar bar
COPY consent consent
COPY dossiers dossiers
COPY instrument instrument
COPY static static
COPY templates templates

# Collecting static files asks for settings, not for services: these values are gone when the command ends.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_hex(32))')" SEALING_KEYS=build:none HASH_KEY=build \
    DATABASE_URL=postgresql://build@127.0.0.1/build REDIS_URL=redis://127.0.0.1 EMAIL_HOST=build \
    python manage.py collectstatic --no-input --verbosity 0 \
    && install -d -o bar -g bar -m 0700 /var/lib/bar /var/lib/bar/letters

USER bar
EXPOSE 8000
CMD ["gunicorn", "bar.wsgi", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", "--no-control-socket"]
