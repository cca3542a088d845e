-- Adds to counters taken at random. Arguments: how many counters, the start of each idempotency key ("" for none), the body.
-- Requests are made beforehand, but for the number in the idempotency key, so that wrk's own cost stays small.
local requests, n, keyed, run = {}, 0, false, ""

function init(args)
  local counters, body = tonumber(args[1]), args[3]
  run, keyed = args[2], #args[2] > 0
  for i = 1, counters do
    local headers = {}
    if #body > 0 then headers["Content-Type"] = "application/json" end
    if keyed then headers["Idempotency-Key"] = '"@@@@"' end
    local text = wrk.format("POST", string.format("/v1/counters/key:%012d/add", i), headers, body)
    if keyed then
      local at = text:find("@@@@", 1, true)
      requests[i] = { text:sub(1, at - 1), text:sub(at + 4) }
    else
      requests[i] = text
    end
  end
end

function request()
  local chosen = requests[math.random(#requests)]
  if not keyed then return chosen end
  n = n + 1
  return chosen[1] .. run .. n .. chosen[2]
end

function done(summary, latency, all)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.status, e.connect + e.read + e.write + e.timeout))
end
