"""A server that sends more than a client with small buffers takes."""
POURING = ("--feed", "sim?tickers=64&rate=20000&burst=64", "--threads", 2)


def tickers_of(server):
    return server.get("/v1/tickers").json()["tickers"]
