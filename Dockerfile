FROM python:3.13.15-slim-trixie@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/srv/site DJANGO_SETTINGS_MODULE=config.settings.prod STATIC_ROOT=/srv/static
WORKDIR /srv/site
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock && useradd --system --uid 10001 --home /srv/site site
COPY . .
# collectstatic needs settings but no secrets: these values are used for this command only.
RUN X=used-for-this-command-only-and-never-again \
 && SECRET_KEY=$X NAME_SECRET=$X SECOND_FACTOR_KEYS=$X SITE_ADDRESS=https://build.invalid DATABASE_URL=postgres://build/build \
    REDIS_URL=redis://build PAGES_REDIS_URL=redis://build PRIVATE_ROOT=/srv/private EMAIL_HOST=build MAIL_FROM=build \
    python manage.py collectstatic --no-input \
 && mkdir -p /srv/private && chown site /srv/private && chmod 700 /srv/private
USER 10001
EXPOSE 8000
CMD ["gunicorn", "--config", "python:config.gunicorn_settings", "config.wsgi"]
