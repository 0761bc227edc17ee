rare_parts = {
  expire = expire, forget = forget, head = head, passes = passes, promote_due = promote_due, rate_free = rate_free,
  rate_spend = rate_spend, reap = reap, settle_one = settle_one,
}
return rare_parts
end

local function forget(ids)
  if #ids > 0 then rare().forget(ids) end
end
