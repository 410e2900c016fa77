-- SPDX-License-Identifier: Apache-2.0
-- One kind of request, over and over, for wrk: METHOD, BODY, HEADERS ("Name: value" lines), and KEYS=1 when
-- every request is to carry an Idempotency-Key of its own. Prints what happened as one line of JSON.

local function headers_of(text)
    local headers = {}
    for name, value in text:gmatch("([^\n:]+): ([^\n]+)") do
        headers[name] = value
    end
    return headers
end

wrk.method = os.getenv("METHOD") or "GET"
wrk.body = os.getenv("BODY")
wrk.headers = headers_of(os.getenv("HEADERS") or "")

if os.getenv("KEYS") == "1" then
    local before, after, run, sent
    function init()
        local text = wrk.format(nil, nil, nil, nil)
        local at = text:find("\r\n", 1, true)
        before = text:sub(1, at + 1) .. "Idempotency-Key: "
        after = text:sub(at)
        run = os.time() .. "-" .. tostring({}):match("0x(%x+)") .. "-"
        sent = 0
    end
    function request()
        sent = sent + 1
        return before .. run .. sent .. after
    end
end

function done(summary, latency)
    local errors = summary.errors
    print(string.format(
        '{"requests": %d, "seconds": %.6f, "p50": %.3f, "p99": %.3f, "refused": %d, "broken": %d, "late": %d}',
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
        errors.status, errors.connect + errors.read + errors.write, errors.timeout))
end
