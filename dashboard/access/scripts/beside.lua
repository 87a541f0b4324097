-- Runs in the same step as an append to the log: the audit entry names the first and last event and their number.
-- Words behind the second come in pairs: an event's incident, and the key that opens who reported it (keys[3]).
for i = 3, #words, 2 do
  redis.call('HSETNX', keys[3], words[i], words[i + 1])
end
local first, last = appended[1] or '', appended[#appended - 1] or ''
bear_witness(keys[1], keys[2], words[1], words[2], first .. ' ' .. last .. ' ' .. #appended / 2)
