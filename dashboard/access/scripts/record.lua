-- Changes the access store and writes the audit entry of it, in one step or not at all.
-- KEYS: audit stream, chain head, then every key of the commands. ARGV: body, its digest, guards, commands (JSON).
-- A guard is [key, field, value or null]: what the hash must hold, or the whole step is refused with 0.
for _, guard in ipairs(cjson.decode(ARGV[3])) do
  local found = redis.call('HGET', guard[1], guard[2])
  local wanted = guard[3] ~= cjson.null and guard[3]
  if found ~= wanted then
    return 0
  end
end
for _, command in ipairs(cjson.decode(ARGV[4])) do
  redis.call(unpack(command))
end
local n = bear_witness(KEYS[1], KEYS[2], ARGV[1], ARGV[2], '')
return tonumber(n)
