"""Settings from flags, environment and file: names, precedence, errors, and the settings that
SIGHUP applies."""
import re
import signal
import socket

import pytest

from support import contract
from support.harness import eventually, refused_start, run_to_end
from support.wsclient import WebSocket

SETTINGS = contract.settings()
# Those whose value is no number, as the file has it in quotes.
TEXTS = {name for name, (default, _) in SETTINGS.items() if not re.fullmatch(r"[\d.]+|true|false", default)}
TEXTS.discard("threads")


def another_value(name):
    """Another value than the default, as the log has it: of a choice, another word of the
    contract."""
    default, meaning = SETTINGS[name]
    if default == "false":
        return "true"
    if name in TEXTS:
        return next(word for word in re.findall(r"`(\w+)`", meaning) if word != default)
    if name.endswith("-seconds"):
        return f"{float(default) + 0.25:g}"
    return str(int(default) // 2 or 1009)


# What the rule above can't know.
OTHERS = {"threads": "3", "feed": "push", "allow-origin": "https://a.example",
          "log-format": "text",  # the test reads it
          "max-connections": "1002"}  # however few the descriptors
# These need a file, another setting, or an address that is free.
NEED_MORE = {"listen", "admin-listen", "admin-tls"} | {
    name for name, (default, _) in SETTINGS.items() if default == "none"}
VALUES = {name: OTHERS.get(name) or another_value(name) for name in SETTINGS if name not in NEED_MORE}

# Wrong values of those that are no number, no boolean and no choice, and of some that are.
WRONG = {
    "listen": "localhost:80", "admin-listen": "1.2.3.4", "threads": "0",
    "config": "/nowhere/settings.toml", "web-root": "/nowhere/web", "push-token-file": "",
    "allow-origin": "https://a.example/path", "tls-cert": "alone.pem", "tls-key": "alone.pem",
    "max-connections-per-address": "1.5", "max-body-bytes": "1k", "max-header-bytes": "1023",
    "max-message-bytes": "124", "pending-seconds": "0", "heartbeat-seconds": "nan",
    "stale-seconds": "1e999", "ping-seconds": "inf", "request-timeout-seconds": "1s",
    "drain-delay-seconds": "1000001",
}
WRONG = {name: WRONG.get(name, "-1" if name not in TEXTS and default != "false" else "pigeon")
         for name, (default, _) in SETTINGS.items()}


def variable(name):
    return "TICKCAST_" + name.upper().replace("-", "_")


def configuration(server):
    """The one line of the log that has all settings."""
    lines = [line for line in server.standard_error().splitlines()
             if "event=configuration " in line]
    assert len(lines) == 1, lines
    return dict(part.split("=", 1) for part in lines[0].split("event=configuration ")[1].split(" ")
                if "=" in part)


def expect_values(server):
    eventually(lambda: "event=configuration" in server.standard_error())
    found = configuration(server)
    for name, value in VALUES.items():
        assert found[name] == value, name


@pytest.fixture
def toml(tmp_path):
    def write(text):
        path = tmp_path / "settings.toml"
        path.write_text(text)
        return str(path)
    return write


# contract: SET-9
def test_Help_ListsEverySettingOfTheContractWithItsDefault():
    status, output, _ = run_to_end("--help")
    assert status == 0
    for name, (default, _) in SETTINGS.items():
        entry = re.search(rf"^ +--{name} .*\n?.*default {re.escape(default)}\)$", output, re.M)
        assert entry, name
    for figure in ("200000", "100000", "8388608", "16384", "0 = off", "bytes", "seconds"):
        assert figure in output


# contract: SET-11
def test_Settings_WhenFlags_AreTaken(start):
    expect_values(start(*(f"--{name}={value}" for name, value in VALUES.items())))


# contract: SET-3
def test_Settings_WhenEnvironment_AreTaken(start):
    expect_values(start(environment={variable(name): value for name, value in VALUES.items()}))


# contract: SET-2
def test_Settings_WhenFile_AreTaken(start, toml):
    path = toml("".join(f'{name} = "{value}"\n' if name in TEXTS else f"{name} = {value}\n"
                        for name, value in VALUES.items()))
    expect_values(start("--config", path))


# contract: SET-16
def test_Settings_WhenTheConfigIsNamedByTheEnvironment_IsRead(start, toml):
    server = start(environment={"TICKCAST_CONFIG": toml("max-sessions = 77\n")})
    eventually(lambda: "max-sessions=77 " in server.standard_error())


# The file says 2, the environment 3, the flag 4.
# contract: SET-1
@pytest.mark.parametrize("file, environment, flag, wins", [
    (2, None, None, "2"), (None, 3, None, "3"), (None, None, 4, "4"), (2, 3, None, "3"),
    (2, None, 4, "4"), (None, 3, 4, "4"), (2, 3, 4, "4")])
def test_Settings_FlagBeatsEnvironmentBeatsFile(start, toml, file, environment, flag, wins):
    flags = ["--config", toml(f"max-sessions = {file}\n")] if file else []
    flags += ["--max-sessions", flag] if flag else []
    server = start(*flags, "--feed", "push", environment={
        "TICKCAST_MAX_SESSIONS": str(environment)} if environment else None)
    for _ in range(int(wins)):
        server.create("AAPL")
    assert server.request("POST", "/v1/sessions", {"tickers": ["AAPL"]}).status == 503


# contract: SET-4
def test_Settings_WhenRepeatable_AreSplitAtWhiteSpaceAndFromArrays(start, toml):
    server = start(environment={"TICKCAST_FEED": " push \t sim?tickers=3\n"})
    assert len(server.get("/v1/tickers").json()["tickers"]) == 3
    server.push({"s": "ANY", "p": 1})
    server = start("--config", toml('feed = ["push", "sim?tickers=4"]\n'))
    assert len(server.get("/v1/tickers").json()["tickers"]) == 4
    assert 'tickcast_feed_up{feed="push"}' in server.metrics()


# contract: SET-5
@pytest.mark.parametrize("name", WRONG)
def test_Settings_WhenAFlagIsWrong_OneLineNamesSettingValueAndOrigin(name):
    line = refused_start(f"--{name}", WRONG[name])
    assert f"--{name}" in line and f'"{WRONG[name]}"' in line, line
    assert line.endswith("(from the command line)")


# contract: SET-5
@pytest.mark.parametrize("name", [name for name in WRONG if WRONG[name]])
def test_Settings_WhenAVariableIsWrong_OneLineNamesSettingValueAndOrigin(name):
    # The addresses are flags here, but the values that they override have to be right all the same.
    line = refused_start(environment={variable(name): WRONG[name]})
    assert f"--{name}" in line and f'"{WRONG[name]}"' in line, line
    assert line.endswith(f"(from environment variable {variable(name)})")


# contract: SET-5
@pytest.mark.parametrize("name", [name for name in WRONG if name != "config"])
def test_Settings_WhenAFilesValueIsWrong_OneLineNamesSettingValueAndOrigin(toml, name):
    path = toml(f'# a comment\n{name} = "{WRONG[name]}"\n')
    line = refused_start("--config", path)
    assert f"--{name}" in line and f'"{WRONG[name]}"' in line, line
    assert line.endswith(f"(from file {path}:2)")


# contract: SET-5
@pytest.mark.parametrize("text, key, row", [
    ("colour = 'blue'\n", "colour", 1), ("\n[server]\nthreads = 1\n", "server", 2),
    ("max_sessions = 5\n", "max_sessions", 1), ("config = 'x'\n", "config", 1)])
def test_Settings_WhenAFilesKeyIsUnknown_OneLineNamesIt(toml, text, key, row):
    path = toml(text)
    line = refused_start("--config", path)
    assert line.startswith(f"tickcast: {key}: ") and line.endswith(f"(from file {path}:{row})")


def test_Settings_WhenTheFileIsMalformedOrMissing_OneLineNamesIt(toml, tmp_path):
    path = toml("threads = = 2\n")
    assert f'--config: "{path}" is not TOML, line 1: ' in refused_start("--config", path)
    assert "can't be read" in refused_start("--config", str(tmp_path / "none.toml"))
    line = refused_start(environment={"TICKCAST_CONFIG": str(tmp_path)})
    assert line.endswith("(from environment variable TICKCAST_CONFIG)")


# contract: SET-6
def test_Settings_WhenAVariableIsUnknown_OnlyWarns(start):
    server = start(environment={"TICKCAST_COLOUR": "blueish"})
    eventually(lambda: "TICKCAST_COLOUR" in server.standard_error())
    lines = [line for line in server.standard_error().splitlines() if "TICKCAST_COLOUR" in line]
    assert len(lines) == 1 and " warn " in lines[0]
    assert "blueish" not in server.standard_error()


def test_Settings_WhenAVariableIsEmpty_CountsAsNotSet(start):
    server = start(environment={"TICKCAST_THREADS": "", "TICKCAST_FEED": " "})
    assert "AAPL" in server.get("/v1/tickers").json()["tickers"]


def test_Settings_WhenAFeedIsWrong_ItsCredentialsAreNotShown():
    line = refused_start(environment={"TICKCAST_FEED": "pigeon://me:secret@host"})
    assert "secret" not in line and "pigeon://***@host" in line


def test_Settings_AWholeStartWithTheirDefaults_HasAllOfThemInOneLine(start):
    server = start()
    eventually(lambda: "event=configuration" in server.standard_error())
    assert set(SETTINGS) == set(configuration(server))


# contract: RUN-13
@pytest.mark.parametrize("host, warns", [("0.0.0.0", True), ("127.0.0.1", False)])
def test_Start_OnAnOpenAddressWithoutALimitPerAddress_WarnsOnce(start, host, warns):
    server = start(listen=("--listen", f"{host}:0", "--admin-listen", "127.0.0.1:0"))
    server.terminate()  # all lines are written then
    assert server.standard_error().count("event=no_limit_per_address") == int(warns)


# contract: RUN-6
def test_Start_WhenDescriptorsAreFew_CapsConnectionsAndWarns(start):
    server = start("--threads", "2", descriptors=(100, 500))
    server.terminate()
    said = server.standard_error()
    # The soft limit of 100 was raised to 500: 64, 8 a thread and a sixteenth are kept.
    assert said.count("event=max_connections_capped wanted=100000 effective=389 descriptors=500 "
                      "needed=100336") == 1
    assert configuration(server)["max-connections"] == "389"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


# contract: RUN-8
@pytest.mark.parametrize("threads", [1, 2])
def test_ReusePort_TwoProcessesShareThePublicPort(start, threads):
    listen = ("--listen", f"127.0.0.1:{free_port()}", "--admin-listen", "127.0.0.1:0")
    servers = [start("--reuse-port", "--threads", threads, "--feed", "push", listen=listen)
               for _ in range(2)]

    def answered(server):
        return sum(value for name, value in server.metrics().items()
                   if name.startswith("tickcast_http_requests_total") and "tickers" in name)
    # The kernel spreads connections by their ports: all to one is a chance of 1 in 2^63.
    for _ in range(64):
        assert servers[0].get("/v1/tickers").status == 200
    counts = [answered(server) for server in servers]
    assert sum(counts) == 64 and min(counts) > 0, counts
    status, _, error = run_to_end(*listen, "--threads", threads)
    assert status == 1 and str(servers[0].public[1]) in error


# contract: RUN-8
def test_ReusePort_WhenTheFirstHasNotTheFlag_AndOneShard_TheSecondFails(start):
    first = start("--threads", "1")
    status, _, _ = run_to_end("--listen", f"127.0.0.1:{first.public[1]}", "--admin-listen",
                              "127.0.0.1:0", "--reuse-port")
    assert status == 1


def hang_up(server):
    server.process.send_signal(signal.SIGHUP)


def open_and_close(server):
    with WebSocket(server, server.create("AAPL")) as opened:
        opened.snapshot()


# contract: SET-17 SIG-13
def test_Hangup_AppliesTheLogLevelOfTheFile(start, toml):
    path = toml('log-level = "info"\nfeed = "push"\n')
    server = start("--config", path, "--threads", 1)
    open_and_close(server)
    # The server might see the end of the stream late, and would log it by the new level. Its one
    # shard answers once it has logged the end.
    eventually(lambda: server.metric("tickcast_connections") == 0)
    assert server.get("/v1/tickers").status == 200
    toml('log-level = "debug"\nfeed = "sim"\n')
    hang_up(server)
    eventually(lambda: "event=reloaded log-level=debug" in server.standard_error())
    assert " debug " not in server.standard_error()
    open_and_close(server)
    eventually(lambda: "debug stream: event=stream_opened" in server.standard_error())
    server.create("NOSUCHNAME")  # of the feeds nothing has changed: sim alone would refuse it
    toml('log-level = "warn"\nfeed = "push"\n')
    hang_up(server)
    hang_up(server)
    assert server.get("/v1/tickers").status == 200
    assert server.terminate() == 0


def test_Hangup_WhenTheFileIsWrongNow_LogsAnErrorAndChangesNothing(start, toml):
    path = toml('log-level = "debug"\n')
    server = start("--config", path, "--feed", "push")
    toml('log-level = "loud"\n')
    hang_up(server)
    eventually(lambda: "error app: event=reload_refused" in server.standard_error())
    line = next(line for line in server.standard_error().splitlines() if "reload_refused" in line)
    assert "loud" in line and f"file {path}:1" in line
    open_and_close(server)
    eventually(lambda: "debug stream: event=stream_ended" in server.standard_error())


def test_Hangup_WhenAFlagSaysTheLevel_TheFlagStillWins(start, toml):
    server = start("--config", toml('log-level = "info"\n'), "--log-level", "info")
    toml('log-level = "error"\n')
    hang_up(server)
    eventually(lambda: "event=reloaded log-level=info" in server.standard_error())
