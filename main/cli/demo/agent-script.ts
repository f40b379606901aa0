/** What an agent's MCP client does, in the Python that every agent image has: files one `egress-block` and prints the answer. */
export const FILE_EGRESS_BLOCK = `
import json, os, sys, urllib.request

url, arguments = os.environ["MCP_SUPERVISE_URL"], json.loads(sys.argv[1])
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
session = None

def send(message):
    global session
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    if session: headers["mcp-session-id"] = session
    request = urllib.request.Request(url, json.dumps(message).encode(), headers)
    with opener.open(request, timeout=120) as answer:
        session = answer.headers.get("mcp-session-id") or session
        text = answer.read().decode()
    lines = [line[6:] for line in text.splitlines() if line.startswith("data: ")]
    return json.loads(lines[-1] if lines else text) if text.strip() else None

client = {"name": "demo-agent", "version": "1"}
send({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}})
send({"jsonrpc": "2.0", "method": "notifications/initialized"})
answer = send({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "egress-block", "arguments": arguments}})
print(json.dumps(answer.get("result", answer)))
`;
