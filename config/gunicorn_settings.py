"""Settings of gunicorn: `gunicorn --config python:config.gunicorn_settings config.wsgi`."""

bind = "0.0.0.0:8000"  # the proxy's network only; docker-compose.yml publishes no port of the site
worker_class = "config.gunicorn_worker.BufferingWorker"
workers = 2
threads = 4
worker_connections = 500  # of one worker: below the usual limit of 1,024 open files
# Longer than the proxy keeps an idle connection (deploy/Caddyfile), so that only the proxy closes one.
keepalive = 75  # seconds
sendfile = False  # responses are sent from the event loop
control_socket_disable = True
