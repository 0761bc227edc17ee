-- What most calls never need stands inside a function that is run at the first need: making sixty functions at every
-- call would cost four times what an empty call costs. The file of rare parts that follows ends it.
local rare_parts
local function rare()
if rare_parts then return rare_parts end
