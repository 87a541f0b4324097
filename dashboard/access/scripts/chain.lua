-- One link of the audit chain: entry n holds the SHA-256 over its predecessor's link, its number, its body's
-- digest and the log ids that came with it. KEYS of whoever calls: the stream and the hash with the chain's head.
local function bear_witness(stream, head, body, digest, events)
  local known = redis.call('HMGET', head, 'n', 'h')
  local n = string.format('%d', (known[1] or 0) + 1)
  local link = sha256((known[2] or string.rep('0', 64)) .. '|' .. n .. '|' .. digest .. '|' .. events)
  redis.call('XADD', stream, '*', 'n', n, 'b', body, 'e', events, 'h', link)
  redis.call('HSET', head, 'n', n, 'h', link)
  return n
end
