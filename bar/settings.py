"""All settings, in one file, from the environment only; a missing or bad value stops the start.

No secret has a default. Without DATABASE_URL and REDIS_URL, manage.py starts the embedded services (`bar/local`), which fill the
environment first.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

from bar import env

BASE_DIR = Path(__file__).resolve().parent.parent

# --- what kind of installation this is -------------------------------------------------------
DEMO = env.flag("BAR_DEMO", False)  # invented people, sign-ins shown, a banner on every page
SECURE = env.flag("BAR_SECURE", not DEMO)  # https, __Host- cookies, HSTS
DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY must have at least 50 characters.")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", "")  # older ones, separated by commas: sessions and links signed with them still work
if any(len(key) < 50 for key in SECRET_KEY_FALLBACKS):
    raise ImproperlyConfigured("Every key of SECRET_KEY_FALLBACKS must have at least 50 characters.")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost")
if not SECURE and not set(ALLOWED_HOSTS) <= {"127.0.0.1", "localhost", "testserver", "[::1]"}:
    raise ImproperlyConfigured("BAR_SECURE=0 (http) is only for this machine: ALLOWED_HOSTS may then hold 127.0.0.1 and localhost only.")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", "")
BASE_URL = env.text("BASE_URL", "http://127.0.0.1:8000" if not SECURE else f"https://{ALLOWED_HOSTS[0]}")

# Key rings: "id:base64key" separated by commas, the first is used for writing. See dossiers/sealed.py.
SEALING_KEYS = env.text("SEALING_KEYS")
HASH_KEY = env.text("HASH_KEY")  # for the HMACs of versions and letter cores

# --- applications ----------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_htmx",
    "guardian",
    "instrument",
    "dossiers",
    "consent",
    "bar.accounts",
    "bar",
]

MIDDLEWARE = [
    "bar.headers.Headers",  # outermost: one set of headers on every kind of answer
    "bar.observed.Observed",  # one log line and a few numbers per request, without content
    "bar.proxies.Visitor",  # whose address this is, behind our own proxies
    "csp.middleware.CSPMiddleware",
    "bar.readable.Readable",  # no NUL in a header, no form that is no text
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "bar.wall.middleware.OnBehalf",  # the database knows whose request this is
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "bar.accounts.limits.SessionLimits",  # before whatever notes that somebody was here
    "allauth.account.middleware.AccountMiddleware",
    "bar.accounts.limits.Devices",
    "axes.middleware.AxesMiddleware",
    "bar.guesses.Guesses",  # who keeps asking for what is not there is slowed down
    "bar.errors.NotAllowed",
    "bar.accounts.standing_gate.StandingGate",  # how sure and how recent a sign-in must be; then the gate decides
    "consent.gate.Gate",  # last: it reads the marker, decides, and calls a writing view inside its transaction
]

ROOT_URLCONF = "bar.urls"
WSGI_APPLICATION = "bar.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Two engines: ours has no context processors, so a template can never ask who is looking; third-party pages get what they expect.
TEMPLATES = [
    {
        "NAME": "ours",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [],
            "builtins": ["bar.templatetags.dutch"],
            "libraries": {"django_htmx": "django_htmx.templatetags.django_htmx"},
        },
    },
    {
        "NAME": "vendor",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]
FORM_RENDERER = "bar.forms_renderer.Renderer"

# --- database --------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", "DATABASE_APP_PASSWORD")}
if env.text("DATABASE_OWNER_URL", ""):
    owner = env.database("DATABASE_OWNER_URL", "DATABASE_OWNER_PASSWORD")
    # Used by migrations and tests only: no pool, and no limit on how long a statement takes.
    owner["OPTIONS"] = {name: value for name, value in owner["OPTIONS"].items() if name not in {"pool", "options"}}
    DATABASES["owner"] = owner

# --- people and sign-in ----------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
ORGANISATION_MODEL = "accounts.Organisation"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "bar.accounts.passwords.LongEnough"},
    {"NAME": "bar.accounts.passwords.NotCommon"},
    {"NAME": "bar.accounts.passwords.HardToGuess"},
]
# Breached passwords: the list above always; with this also the service of Have I Been Pwned, which gets five characters of a hash, never a password.
if env.flag("PWNED_PASSWORDS", False):
    PWNED_PASSWORDS = {"API_TIMEOUT": 1.0}  # seconds; when it does not answer, the list counts
    AUTH_PASSWORD_VALIDATORS += [
        {
            "NAME": "pwned_passwords_django.validators.PwnedPasswordsValidator",
            "OPTIONS": {
                "error_message": "Dit wachtwoord staat op een lijst van gestolen wachtwoorden. Kies een ander wachtwoord.",
                "help_message": "",
            },
        }
    ]
ACCOUNT_ADAPTER = "bar.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = "strict"
# Tries to sign in are counted by bar/accounts/lock_out.py, which axes asks before any password is looked at.
AXES_HANDLER = "bar.accounts.lock_out.Handler"
AXES_LOCKOUT_CALLABLE = "bar.accounts.lock_out.answer"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # knocking makes no wait longer
AXES_USERNAME_FORM_FIELD = "login"
AXES_VERBOSE = False
# What the library counts itself (codes of the second step): in the database, so that it holds for every worker.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "5/5m/key", "reauthenticate": "10/m/user"}
CACHES = {"default": {"BACKEND": "bar.accounts.kept.Cache"}}
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds: how long a link to make a new password works

# The second step: passkeys first, then an app with codes, and codes on paper. No trusted browsers: a remembered device is a way around.
MFA_ADAPTER = "bar.accounts.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE  # http exists on this machine only (above)
MFA_TOTP_ISSUER = "BAR-dossier"
MFA_TRUST_ENABLED = False
USERSESSIONS_TRACK_ACTIVITY = True
# Only a demonstration may do without: its people are invented and their passwords are printed.
SECOND_FACTOR = env.flag("SECOND_FACTOR", not DEMO)
if not (SECOND_FACTOR or DEMO):
    raise ImproperlyConfigured("SECOND_FACTOR=0 is for the demonstration only (BAR_DEMO=1): everybody else signs in with a second step.")

# guardian: no anonymous row, no backend (its superuser pass stays out); only consent/guard.py uses it.
ANONYMOUS_USER_NAME = None
GUARDIAN_AUTO_PREFETCH = False
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "auth.W004"]  # guardian stays out of the backends; e-mail is unique without regard to case, by constraint

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
MESSAGE_TAGS = {30: "attention", 40: "danger"}  # the words of components/alert.html

# --- sessions, cookies, transport -------------------------------------------------------------
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-sessionid" if SECURE else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if SECURE else "csrftoken"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^(healthz|livez|readyz|metrics)$"]  # asked inside, over http
SECURE_HSTS_SECONDS = 63_072_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
PROXIES = env.number("BAR_PROXIES", 0)  # how many own proxies stand before this server; X-Forwarded-For is not read without them
if env.text("BAR_PROXY_HEADER", ""):
    SECURE_PROXY_SSL_HEADER = (env.text("BAR_PROXY_HEADER"), "https")
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "bar.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600

# --- language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "nl"
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS: list[Path] = []

# --- files -----------------------------------------------------------------------------------
VAR = env.folder("BAR_VAR", BASE_DIR / "var")
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.folder("STATIC_ROOT", VAR / "static")
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False  # nobody else's page uses our files
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    # Sealed PDFs of letters: never served by the web server (dossiers/stored_pdf.py).
    "letters": env.letters(VAR / "letters"),
}

# --- the trail -------------------------------------------------------------------------------
# What the chains looked like, every ten minutes; best on a volume that whoever works on the database cannot write. See docs/operate.md.
TRAIL_CHECKPOINTS = env.folder("TRAIL_CHECKPOINTS", VAR / "trail" / "checkpoints")
# What was closed (a consent, a seat, a letter), so that a restored backup does not open it again; best on another disk than the database.
CONSENT_LEDGER = env.folder("CONSENT_LEDGER", VAR / "trail" / "closings")
BACKUP_KEY = env.text("BACKUP_KEY", "")  # "id:base64 of 32 bytes", the first one writes; older ones after it still open. Needed to make a backup only
TRAIL_ALARM_LINES = env.number("TRAIL_ALARM_LINES", 1_000, minimum=1)  # of one person between two checkpoints: more is told in the log

# --- work in the background ------------------------------------------------------------------
REDIS_URL = env.broker("REDIS_URL", "REDIS_PASSWORD")
CELERY_BROKER_URL = REDIS_URL
CELERY_ACCEPT_CONTENT = ["json"]  # and tasks carry ids only: the broker never holds content
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # every task can run twice; with the next line a killed worker loses none
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 90  # seconds; one render stops itself after 30
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A line to the broker that died without a word (a cut network, a frozen host) is noticed, and made anew.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 0.5, "socket_timeout": 10, "socket_keepalive": True, "visibility_timeout": 600}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_IMPORTS = ["dossiers.tasks", "consent.tasks", "bar.tasks", "bar.working"]
CELERY_BEAT_SCHEDULE = {
    "sweep_outbox": {"task": "dossiers.tasks.sweep_outbox", "schedule": 15.0, "options": {"expires": 15.0}},
    "remind": {"task": "dossiers.tasks.remind", "schedule": crontab(hour="6", minute="30"), "options": {"expires": 3600.0}},
    "remind_of_shares": {"task": "consent.tasks.remind_of_shares", "schedule": crontab(hour="6", minute="40"), "options": {"expires": 3600.0}},
    "remind_of_questions": {"task": "consent.tasks.remind_of_questions", "schedule": crontab(hour="6", minute="50"), "options": {"expires": 3600.0}},
    "tell_of_paper": {"task": "dossiers.tasks.tell_of_paper", "schedule": crontab(minute="10"), "options": {"expires": 3000.0}},
    "do_resets": {"task": "bar.tasks.do_resets", "schedule": 300.0, "options": {"expires": 300.0}},
    "note_checkpoint": {"task": "dossiers.tasks.note_checkpoint", "schedule": 600.0, "options": {"expires": 600.0}},
    "verify_trail": {"task": "dossiers.tasks.verify_trail", "schedule": crontab(hour="3", minute="20"), "options": {"expires": 3600.0}},
    "tidy": {"task": "bar.tasks.tidy", "schedule": crontab(hour="4", minute="10"), "options": {"expires": 3600.0}},
}

# --- rules that an installation may set ------------------------------------------------------
INVITATION_DAYS = env.number("INVITATION_DAYS", 7, minimum=1)
OFFER_TERM_WORKING_DAYS = env.number("OFFER_TERM_WORKING_DAYS", 2, minimum=1)
PRIVACY_TEXT = env.text("PRIVACY_TEXT", str(BASE_DIR / "docs" / "privacy.md"))  # read by bar/privacy.py when the product starts
SECURITY_CONTACT = env.text("SECURITY_CONTACT", "")  # where to tell of a hole: /.well-known/security.txt
if SECURITY_CONTACT and (not SECURITY_CONTACT.startswith(("mailto:", "https://", "tel:")) or not SECURITY_CONTACT.isprintable()):
    raise ImproperlyConfigured("SECURITY_CONTACT must start with mailto:, https:// or tel:, as RFC 9116 asks.")

# --- mail ------------------------------------------------------------------------------------
# On this machine (a demonstration, tests) mail becomes a file that nobody gets; anywhere else a mail server must be named.
EMAIL_BACKEND = env.text("EMAIL_BACKEND", f"django.core.mail.backends.{'smtp' if SECURE else 'filebased'}.EmailBackend")
EMAIL_FILE_PATH = VAR / "mail"
EMAIL_HOST = env.text("EMAIL_HOST", None if EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend" else "")
EMAIL_USE_TLS, EMAIL_USE_SSL = env.mail_security("EMAIL_SECURITY")
EMAIL_PORT = env.number("EMAIL_PORT", 465 if EMAIL_USE_SSL else 587, minimum=1)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_TIMEOUT = 15  # seconds; a mail that takes longer than its promise is held is not sent twice: its row is locked
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.sender("DEFAULT_FROM_EMAIL", f"bericht@{urlsplit(BASE_URL).hostname}")  # the name beside it says nothing
ADMINS: list[tuple[str, str]] = []  # mails on errors carry what was typed: off

# --- logging: ids and kinds, never content ---------------------------------------------------
LOG_FORMAT = env.one_of("LOG_FORMAT", ("line", "json") if DEMO else ("json", "line"))
LOG_REQUESTS = env.flag("LOG_REQUESTS", SECURE)  # a line per request and per task: names of pages and tasks, never an address
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "bar.logs.OneLine"}, "json": {"()": "bar.logs.JSONLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        "axes": {"handlers": [], "level": "ERROR", "propagate": True},
        "psycopg.pool": {"handlers": [], "level": "ERROR", "propagate": True},  # it tries four times a second; each request tells it too
        "bar.requests": {"handlers": [], "level": "INFO", "propagate": True},
        "bar.tasks_done": {"handlers": [], "level": "INFO", "propagate": True},
    },
}

# --- numbers for who looks after the machine -------------------------------------------------
METRICS_TOKEN = env.text("METRICS_TOKEN", "")  # without it /metrics does not exist
if METRICS_TOKEN and len(METRICS_TOKEN) < 32:
    raise ImproperlyConfigured("METRICS_TOKEN must have at least 32 characters, or be absent.")
METRICS_WORKER_PORT = env.worker_port("METRICS_WORKER_PORT")  # only for a worker: where its own counts are served
