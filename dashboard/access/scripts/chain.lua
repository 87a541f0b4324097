-- One link of the audit chain: entry n holds the SHA-256 over its predecessor's link, its number, its body's
-- digest and the log ids that came with it. KEYS of whoever calls: the stream and the hash with the chain's head.
-- `reckoned` (previous link, log ids, link): what the caller has reckoned beforehand; it is taken where the chain ends
-- in that very link and the events got those very ids.
local function bear_witness(stream, head, body, digest, events, reckoned)
  local known = redis.call('HMGET', head, 'n', 'h')
  local n = string.format('%d', (known[1] or 0) + 1)
  local previous, link = known[2] or string.rep('0', 64), nil
  if reckoned and reckoned[1] == previous and reckoned[2] == events then
    link = reckoned[3]
  else
    link = sha256(previous .. '|' .. n .. '|' .. digest .. '|' .. events)
  end
  redis.call('XADD', stream, '*', 'n', n, 'b', body, 'e', events, 'h', link)
  redis.call('HSET', head, 'n', n, 'h', link)
  return n, link
end
