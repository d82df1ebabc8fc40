"""HTTP/1.1 conformance: raw requests of RFC 9110 and 9112, and what the server must answer."""
