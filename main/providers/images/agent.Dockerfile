# What every agent finds in its bottle. BASE is the pinned Node, public or built here from packages.
ARG BASE=node:24.21.0-bookworm-slim
FROM ${BASE}
LABEL bot-bottle.stage=agent
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      bash ca-certificates curl dnsutils git less openssh-client procps python3 python3-pip python3-venv socat \
 && apt-get clean \
 && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old \
 && rm -f /etc/apt/apt.conf.d/*proxy* \
 && install -d -o node -g node -m 0755 /home/node/workspace \
# Nothing in here needs to become another user, and no-new-privileges would refuse it.
 && find / -xdev -perm /6000 -type f -exec chmod a-s {} +
ENV HOME=/home/node \
    SHELL=/bin/bash \
    LANG=C.UTF-8 \
    NPM_CONFIG_UPDATE_NOTIFIER=false \
    NPM_CONFIG_PREFIX=/home/node/.npm-global \
    PATH=/home/node/.npm-global/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER node
WORKDIR /home/node
CMD ["bash", "-l"]
