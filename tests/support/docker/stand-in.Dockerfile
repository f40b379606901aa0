# A bundle for the backend's own tests: a control socket that echoes, and a name server that knows nothing.
ARG BASE
FROM ${BASE}
COPY ctl /usr/local/bin/ctl
COPY bundle.mjs /opt/bundle.mjs
USER root
RUN install -d -o 1000 -g 1000 -m 0700 /var/lib/bot-bottle && chmod 755 /usr/local/bin/ctl
USER 1000:1000
VOLUME /var/lib/bot-bottle
ENTRYPOINT ["node", "/opt/bundle.mjs"]
