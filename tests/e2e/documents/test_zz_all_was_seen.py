"""Runs last (conftest.py): a statement of the documents that no test of the whole suite has met is
a fault."""
import pytest

from support import documents

# Statements that no test can bring about, with the reason. Keep it short.
REPLIES = [
    # A defect of ours: nothing that a client sends leads there.
    lambda operation, status, code: status == 500,
]
MESSAGES = {
    ("close", 1011, None),  # a defect of ours
}


# contract: DOC-1
def test_EveryAnswerOfOpenApi_WasSeen(whole_suite):
    missing = {each for each in documents.all_replies() - documents.seen_replies
               if not any(exempt(*each) for exempt in REPLIES)}
    assert not missing, "\n".join(sorted(map(str, missing)))


# contract: DOC-1
def test_EveryMessageOfAsyncApi_WasSeen(whole_suite):
    missing = documents.all_messages() - documents.seen_messages - MESSAGES
    assert not missing, "\n".join(sorted(map(str, missing)))


def test_Exemptions_AreStillNeeded(whole_suite):
    for exempt in REPLIES:
        assert any(exempt(*each) for each in documents.all_replies() - documents.seen_replies)
    assert not MESSAGES & documents.seen_messages


@pytest.fixture
def whole_suite(request):
    """Of a part of the suite it can't be asked."""
    if documents.SEEN_FOLDER:
        assert documents.take_what_was_left(), f"nothing in {documents.SEEN_FOLDER}"
    elif not request.config.whole_suite:
        pytest.skip("asked of the whole suite only")
