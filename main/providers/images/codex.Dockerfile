# The agent image with the `codex` command line; BASE is the agent image.
ARG BASE
FROM ${BASE} AS tools
LABEL bot-bottle.stage=codex-tools
ARG CODEX_VERSION
ARG NPM_REGISTRY=
USER root
# The operator's roots serve the download alone: this stage's layers are not part of the image.
COPY .operator-ca.pem /tmp/operator-ca.pem
RUN if [ -s /tmp/operator-ca.pem ]; then export NODE_EXTRA_CA_CERTS=/tmp/operator-ca.pem; fi \
 && if [ -n "$NPM_REGISTRY" ]; then export NPM_CONFIG_REGISTRY="$NPM_REGISTRY"; fi \
 && npm install --global --prefix /opt/agent --no-fund --no-audit "@openai/codex@${CODEX_VERSION}" \
 && /opt/agent/bin/codex --version

FROM ${BASE}
COPY --from=tools /opt/agent/ /usr/local/
CMD ["codex"]
