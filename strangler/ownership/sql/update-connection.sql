-- The sender is reached in another way by now.
ALTER SUBSCRIPTION :"name" CONNECTION :'connection'
