# The agent image with the `claude` command line; BASE is the agent image.
ARG BASE
FROM ${BASE} AS tools
LABEL bot-bottle.stage=claude-tools
ARG CLAUDE_CODE_VERSION
ARG NPM_REGISTRY=
USER root
# The operator's roots serve the download alone: this stage's layers are not part of the image.
COPY .operator-ca.pem /tmp/operator-ca.pem
RUN if [ -s /tmp/operator-ca.pem ]; then export NODE_EXTRA_CA_CERTS=/tmp/operator-ca.pem; fi \
 && if [ -n "$NPM_REGISTRY" ]; then export NPM_CONFIG_REGISTRY="$NPM_REGISTRY"; fi \
 && npm install --global --prefix /opt/agent --no-fund --no-audit "@anthropic-ai/claude-code@${CLAUDE_CODE_VERSION}" \
 && /opt/agent/bin/claude --version

FROM ${BASE}
COPY --from=tools /opt/agent/ /usr/local/
ENV DISABLE_AUTOUPDATER=1
CMD ["claude"]
