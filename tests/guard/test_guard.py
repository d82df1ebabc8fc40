"""The guard's own rules: the counts that it reads from a callgrind.out, and when it complains."""
import json

import pytest

import instructions
from callgrind import Cost, CountError, check_choice, cost_of, read
from judge import FIGURES, Figure, complaint, table

# What callgrind 3.19 writes: names once, then their numbers; the line after calls= is what those
# took, inclusive.
OUT = """\
version: 1
creator: callgrind-3.19.0
positions: line
events: Ir
summary: 1234

ob=(1) /usr/bin/tickcast
fl=(1) ???
fn=(1) a::Shard::run()
0 10
cfn=(2) a::take(a::Record const&)
calls=4 0
0 400
+3 5
cfn=(3) memcpy
calls=1 0
* 7
jump=3 0

fn=(2)
0 100
fi=(2) other.hpp
-2 20
fe=(1)
cob=(2) libc.so.6
cfn=(3)
calls=8 0
0 280

fn=(3)
0 287

fn=(4) a::take_in()
0
cfn=(2)
calls=2 0
0 0
totals: 1234
"""


def test_Read_CostsAreInclusiveAndCallsAreOfAllCallers():
    assert read(OUT) == {"a::Shard::run()": Cost(0, 422), "a::take(a::Record const&)": Cost(6, 400),
                         "memcpy": Cost(9, 287), "a::take_in()": Cost(0, 0)}


def test_CostOf_WhenOneFunctionHasTheName_IsItsCost():
    assert cost_of(read(OUT), "a::take") == Cost(6, 400)


# The last one is there and was never called.
@pytest.mark.parametrize("function", ["a::gone", "a::Shard", "a::take_in"])
def test_CostOf_WhenItIsGone_SaysSo(function):
    with pytest.raises(CountError, match=f"{function} was met 0 times"):
        cost_of(read(OUT), function)


def test_CostOf_WhenTwoHaveTheName_SaysSo():
    costs = {"a::take(int)": Cost(1, 1), "a::take(long)": Cost(1, 1)}
    with pytest.raises(CountError, match="met 2 times"):
        cost_of(costs, "a::take")


@pytest.mark.parametrize("name", ["__memcpy_avx_unaligned_erms", "__strlen_avx2", "__memmove_evex_unaligned_erms", "__strcmp_sse42",
                                  "__memcpy_ssse3", "__memmove_sse2_unaligned_erms"])
def test_CheckChoice_WhenGlibcTookTheProcessorsOwn_SaysSo(name):
    with pytest.raises(CountError, match=name):
        check_choice({name: Cost(1, 1)})


def test_CheckChoice_WhenItTookThePlainOnes_IsContent():
    check_choice({name: Cost(1, 1) for name in ("__memcpy_sse2_unaligned", "__strlen_sse2", "memcpy")})


PLAIN, LIMITED = Figure("x", "x"), Figure("x", "x", most=40)


@pytest.mark.parametrize("measured", [90, 95, 100, 105, 110])
def test_Complaint_WhenWithinTenPerCent_IsNone(measured):
    assert complaint(PLAIN, measured, 100) is None


@pytest.mark.parametrize("measured", [110.1, 150])
def test_Complaint_WhenWorse_AsksWhy(measured):
    assert "find out why" in complaint(PLAIN, measured, 100)


@pytest.mark.parametrize("measured", [89.9, 1])
def test_Complaint_WhenMuchBetter_AsksToRecordIt(measured):
    assert "record it again" in complaint(PLAIN, measured, 100) and "better" in complaint(PLAIN, measured, 100)


def test_Complaint_WhenNothingIsRecorded_SaysSo():
    assert complaint(PLAIN, 1, None) == "is not recorded"


@pytest.mark.parametrize("measured, allowed", [(39.9, True), (40, True), (40.1, False)])
def test_Complaint_WhenThereIsALimit_HoldsWhateverIsRecorded(measured, allowed):
    assert (complaint(LIMITED, measured, measured) is None) is allowed


def test_Complaint_OfACompilerThatIsUnknown_IsOfTheLimitAlone():
    assert complaint(PLAIN, 1, None, compiler_is_known=False) is None
    assert complaint(LIMITED, 40, None, compiler_is_known=False) is None
    assert "at most" in complaint(LIMITED, 40.1, None, compiler_is_known=False)


def test_Complaint_WhenOnlyTheLimitCounts_NothingNeedsToBeRecorded():
    share = Figure("x", "x", most=0.1, recorded=False)
    assert complaint(share, 0.1, None) is None
    assert "at most" in complaint(share, 0.1001, None)


def test_Table_HasEachFigure_RecordedOrNot():
    lines = table({figure.key: 39 for figure in FIGURES}, {"mark": 30.0}).splitlines()
    assert len(lines) == 1 + len(FIGURES)
    assert [line for line in lines if line.startswith("mark ")][0].split()[1:4] == ["39", "30.0", "+30.0%"]


def test_Record_WritesWhatIsThenCompared(tmp_path, monkeypatch):
    monkeypatch.setattr(instructions, "RECORDED", str(tmp_path / "recorded.json"))
    assert instructions.recorded_figures() == {}
    instructions.record({figure.key: 12.5 for figure in FIGURES}, "GNU 14")
    instructions.record({figure.key: 13.5 for figure in FIGURES}, "GNU 12")
    instructions.record({figure.key: 14.5 for figure in FIGURES}, "GNU 14")
    assert instructions.recorded_figures() == {
        compiler: {figure.key: value for figure in FIGURES if figure.recorded}
        for compiler, value in (("GNU 12", 13.5), ("GNU 14", 14.5))}


def test_Compiler_IsReadFromTheBuild(tmp_path):
    folder = tmp_path / "CMakeFiles" / "3.25.1"
    folder.mkdir(parents=True)
    (folder / "CMakeCXXCompiler.cmake").write_text(
        'set(CMAKE_CXX_COMPILER "/usr/bin/c++")\nset(CMAKE_CXX_COMPILER_ID "GNU")\n'
        'set(CMAKE_CXX_COMPILER_VERSION "12.2.0")\nset(CMAKE_CXX_COMPILER_VERSION_INTERNAL "")\n')
    assert instructions.compiler_of(str(tmp_path)) == "GNU 12"


def counts(monkeypatch, tmp_path, measured, recorded, *flags, compiler="GNU 12"):
    """The guard's exit status, with given measurements."""
    file = tmp_path / "recorded.json"
    file.write_text(json.dumps({"GNU 12": recorded}))
    monkeypatch.setattr(instructions, "compiler_of", lambda _: compiler)
    monkeypatch.setattr(instructions, "RECORDED", str(file))
    monkeypatch.setattr(instructions, "measure", lambda *_: measured)
    monkeypatch.setattr(instructions.shutil, "which", lambda _: "/usr/bin/true")
    monkeypatch.setattr("sys.argv", ["instructions.py", *flags])
    return instructions.main()


USUAL = {"encode": 700, "encode_share": 0.09, "mark": 30, "mark_again": 25, "build_1": 300, "build_20": 2000}


def test_Main_WhenAllIsAsRecorded_IsContent(monkeypatch, tmp_path):
    assert counts(monkeypatch, tmp_path, USUAL, USUAL) == 0


def test_Main_WhenOneIsNot_SaysBothFiguresAndTheCommand(monkeypatch, tmp_path, capsys):
    assert counts(monkeypatch, tmp_path, {**USUAL, "build_1": 331}, USUAL) == 1
    said = capsys.readouterr().out
    assert "FAILED: build_1: 331 instructions" in said and "300" in said
    assert "scripts/test.sh instructions -- --record" in said


def test_Main_WhenItIsToRecord_IsContentFromThenOn_ButForTheLimits(monkeypatch, tmp_path):
    assert counts(monkeypatch, tmp_path, {**USUAL, "build_1": 331}, USUAL, "--record") == 0
    assert counts(monkeypatch, tmp_path, {**USUAL, "mark": 41}, USUAL, "--record") == 1


def test_Main_OfACompilerThatIsUnknown_SaysSoAndHoldsTheLimits(monkeypatch, tmp_path, capsys):
    assert counts(monkeypatch, tmp_path, {**USUAL, "build_1": 331}, USUAL, compiler="GNU 13") == 0
    assert "Nothing is recorded of GNU 13" in capsys.readouterr().out
    assert counts(monkeypatch, tmp_path, {**USUAL, "mark": 41}, USUAL, compiler="GNU 13") == 1
