rare_parts = { insert = insert }
return rare_parts
end
