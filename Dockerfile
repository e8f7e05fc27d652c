FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=config.settings.prod STATIC_ROOT=/srv/static
WORKDIR /srv/site
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt && useradd --system --home /srv/site site
COPY . .
# collectstatic needs settings but no secrets: these values are used for this command only.
RUN BUILD=only-while-building-the-image-not-a-secret \
 && SECRET_KEY=$BUILD NAME_SECRET=$BUILD SECOND_FACTOR_KEYS=$BUILD ALLOWED_HOSTS=build DATABASE_URL=postgres://build/build REDIS_URL=redis://build \
    PRIVATE_ROOT=/srv/private EMAIL_HOST=build MAIL_FROM=build python manage.py collectstatic --no-input \
 && mkdir -p /srv/private && chown -R site /srv/static /srv/private && chmod 700 /srv/private
USER site
EXPOSE 8000
CMD ["gunicorn", "--config", "python:config.gunicorn_settings", "config.wsgi"]
