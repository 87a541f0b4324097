#!lua
-- Appends a list of events to the log in one step: all of them or none, in the order given.
-- KEYS: the stream, the hash of idempotency keys. ARGV: four a event: key ('' when it has none), kind, version, JSON.
-- ARGV.ms, ARGV.number: an id that is tried for the first of them, the ones behind it for the others; where it is not
-- free, the server chooses as it does otherwise.
-- Answers two a event: its id, and 1 when it is new or 0 when its key was known (the id is then the first one's).
local stream, keys = KEYS[1], KEYS[2]
local ms, number = ARGV.ms, ARGV.number
local answer, first = {}, {}
local function add(kind, version, data)
  if ms then
    local id = redis.pcall('XADD', stream, ms .. '-' .. number, 'k', kind, 'v', version, 'd', data)
    if type(id) == 'string' then
      number = number + 1
      return id
    end
    ms = nil
  end
  return redis.call('XADD', stream, '*', 'k', kind, 'v', version, 'd', data)
end
for i = 1, #ARGV, 4 do
  local key = ARGV[i]
  -- All look-ups stand before the first write: a hash of the wrong type must not leave half a list behind.
  if key ~= '' and first[key] == nil then
    first[key] = redis.call('HGET', keys, key)
  end
end
for i = 1, #ARGV, 4 do
  local key, id, new = ARGV[i], nil, 0
  if key ~= '' and first[key] then
    id = first[key]
  else
    id, new = add(ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]), 1
  end
  if key ~= '' then
    first[key] = id
    -- Written again even when known: the file keeps one order, so a WAITAOF after this write also
    -- covers the first one's, which another connection may still be waiting for.
    redis.call('HSET', keys, key, id)
  end
  answer[#answer + 1] = id
  answer[#answer + 1] = new
end
return answer
