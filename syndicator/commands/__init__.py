"""The commands: parse, call, print. All are loaded with any; what they call is not."""
