-- Runs in the same step as an append to the log: the audit entry names the first and last event and their number.
local first, last = appended[1] or '', appended[#appended - 1] or ''
bear_witness(keys[1], keys[2], words[1], words[2], first .. ' ' .. last .. ' ' .. #appended / 2)
