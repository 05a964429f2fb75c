package socket

// Closing is what a client is told for a reason.
var Closing = closing

// Dispatch hands one message to a session.
var Dispatch = dispatch
