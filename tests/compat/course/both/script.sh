echo from a script
