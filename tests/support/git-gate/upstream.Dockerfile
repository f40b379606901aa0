# A code host in small: git over SSH, for the tests of whole bottles.
ARG BASE
FROM ${BASE}
USER root
RUN apt-get update \
 && apt-get install -y --no-install-recommends git openssh-server \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --shell /bin/sh git \
 && passwd --delete git \
 && install -d -m 0755 /run/sshd \
 && install -d -o git -g git -m 0700 /home/git/.ssh \
 && rm -f /etc/ssh/ssh_host_*
COPY sshd_config /etc/ssh/sshd_config
ENTRYPOINT ["/usr/sbin/sshd", "-D", "-e"]
