# The image of web, worker and clock. It holds no secret, no test and no package of a test, and does not run as root.
# The packages are those of .ci/image.lock: requirements.lock without what only tests need; every hash is checked.
FROM python:3.11-slim-bookworm AS packages

RUN python -m venv --without-pip /opt/bar
COPY .ci/image.lock ./
RUN pip --python /opt/bar install --no-cache-dir --no-compile --only-binary :all: --require-hashes --requirement image.lock


FROM python:3.11-slim-bookworm

# Pango draws letters. pg_dump and pg_restore (manage.py backup) must be of the server's version, which is newer than Debian's.
RUN apt-get update -qq \
    && apt-get install -qq --no-install-recommends --yes libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 ca-certificates postgresql-common \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install -qq --no-install-recommends --yes postgresql-client-18 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 bar \
    && useradd --system --uid 10001 --gid bar --home-dir /bar --shell /usr/sbin/nologin bar

WORKDIR /bar
ENV PATH=/opt/bar/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    BAR_VAR=/var/lib/bar STATIC_ROOT=/bar/staticfiles WEB_BIND=0.0.0.0:8000

COPY --from=packages /opt/bar /opt/bar
COPY manage.py LICENSE ./
COPY bar bar
COPY consent consent
COPY dossiers dossiers
COPY instrument instrument
COPY static static
COPY templates templates
COPY docs/privacy.md docs/privacy.md

# Collecting static files asks for settings, not for services: these values are gone when the command ends.
# What is imported is compiled here, because the running image writes nothing.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_hex(32))')" SEALING_KEYS=build:none HASH_KEY=build \
    DATABASE_URL=postgresql://build@127.0.0.1/build REDIS_URL=redis://127.0.0.1 EMAIL_HOST=build \
    python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q /opt/bar/lib /bar \
    && install -d -o bar -g bar -m 0700 /var/lib/bar /var/lib/bar/letters /ledger /checkpoints

USER bar
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "-m", "bar.probe", "web"]
CMD ["gunicorn", "--config", "python:bar.serving", "bar.wsgi"]
