-- Runs in the same step as an append to the log: the audit entry names the first and last event, their number, and
-- how many of them are new (of the others the log holds what came first, not what came now).
-- Words: three that were reckoned beforehand (see chain.lua), the body, its digest, and then pairs: an event's
-- incident, and the key that opens who reported it (keys[3]).
for i = 6, #words, 2 do
  redis.call('HSETNX', keys[3], words[i], words[i + 1])
end
local first, last = appended[1] or '', appended[#appended - 1] or ''
local new = 0
for i = 2, #appended, 2 do
  new = new + appended[i]
end
local events = first .. ' ' .. last .. ' ' .. #appended / 2 .. ' ' .. new
told = { bear_witness(keys[1], keys[2], words[4], words[5], events, { words[1], words[2], words[3] }) }
