"""Every code of the error-code manual (facts of 2026-11-22), one row each: what it is, and that its words hold."""

import json
from pathlib import Path

import pytest

from second_unit.errors import (
    AnswerLost,
    KeyRefused,
    Moderated,
    NotAllowed,
    OutOfFunds,
    RateLimited,
    RequestRefused,
    ServiceError,
    ServiceUnavailable,
    TaskFailed,
    TaskUnknown,
)
from second_unit.network.client import Answer
from second_unit.providers.seedance.errors import Said, error_from_answer, error_of_task
from second_unit.providers.seedance.refusals import REFUSALS
from tests.providers.ordering import make_order, picture, sound

MEDIA = ("Text", "Image", "Video", "Audio")
CODES: list[tuple[int, str, type[ServiceError]]] = [
    (400, "MissingParameter", RequestRefused),
    (400, "MissingParameter.content", RequestRefused),
    (400, "InvalidParameter", RequestRefused),
    (400, "InvalidParameter.duration", RequestRefused),
    (400, "InvalidParameter.UnsupportedParameter", RequestRefused),
    (400, "InvalidParameter.TosURLInvalid", RequestRefused),
    (400, "InvalidImageURL.EmptyURL", RequestRefused),
    (400, "InvalidImageURL.InvalidFormat", RequestRefused),
    *(
        (400, f"{side}{what}SensitiveContentDetected{detail}", Moderated)
        for side in ("Input", "Output")
        for what in MEDIA
        for detail in ("", ".PolicyViolation")
    ),
    (400, "InputImageSensitiveContentDetected.PrivacyInformation", Moderated),
    (400, "InputVideoSensitiveContentDetected.PrivacyInformation", Moderated),
    *((400, f"{side}{what}RiskDetection", Moderated) for side in ("Input", "Output") for what in MEDIA),
    (400, "SensitiveContentDetected", Moderated),
    (400, "SensitiveContentDetected.SevereViolation", Moderated),
    (400, "SensitiveContentDetected.Violence", Moderated),
    (400, "InvalidSubscription", NotAllowed),
    (401, "AuthenticationError", KeyRefused),
    (401, "InvalidAccountStatus", NotAllowed),
    (403, "AccessDenied", NotAllowed),
    (403, "OperationDenied.ServiceNotOpen", NotAllowed),
    (403, "OperationDenied.ServiceOverdue", OutOfFunds),
    (403, "OperationDenied.InvalidState", NotAllowed),
    (403, "OperationDenied.FileQuotaExceeded", NotAllowed),
    (403, "AccountOverdueError", OutOfFunds),
    (404, "InvalidEndpointOrModel.NotFound", RequestRefused),
    (404, "InvalidEndpointOrModel.ModelIDAccessDisabled", NotAllowed),
    (404, "ModelNotOpen", NotAllowed),
    (404, "NotFound.Task", TaskUnknown),
    (404, "UnsupportedModel", RequestRefused),
    (409, "InvalidAction.RunningTaskDeletion", RequestRefused),
    (429, "RateLimitExceeded.EndpointRPMExceeded", RateLimited),
    (429, "RateLimitExceeded.EndpointTPMExceeded", RateLimited),
    (429, "ModelAccountRpmRateLimitExceeded", RateLimited),
    (429, "ModelAccountTpmRateLimitExceeded", RateLimited),
    (429, "ModelAccountIpmRateLimitExceeded", RateLimited),
    (429, "APIAccountRpmRateLimitExceeded", RateLimited),
    (429, "AccountRateLimitExceeded", RateLimited),
    (429, "QuotaExceeded", OutOfFunds),
    (429, "SetLimitExceeded", OutOfFunds),
    (429, "InflightBatchsizeExceeded", RateLimited),
    (429, "ServerOverloaded", ServiceUnavailable),
    (429, "RequestBurstTooFast", RateLimited),
    (500, "InternalServiceError", ServiceUnavailable),
]
IN_TASKS: list[tuple[str, type[ServiceError]]] = [
    *((f"Output{what}SensitiveContentDetected", Moderated) for what in MEDIA),
    ("OutputVideoSensitiveContentDetected.PolicyViolation", Moderated),
    ("InvalidParameter.TaskTypeConstraint", RequestRefused),
    ("InvalidParameter.TaskTypeMismatch", RequestRefused),
    ("InternalServiceError", TaskFailed),
]


def answer(status: int, code: str, message: str = "No. Request id: 0217", param: str = "", **headers: str) -> Answer:
    body = {"error": {"code": code, "message": message, "param": param, "type": "X"}}
    return Answer(status, headers, json.dumps(body).encode())


def refuse(status: int, code: str, *, ordering: bool = True, **said: str) -> ServiceError:
    return error_from_answer(answer(status, code, **said), "Seedance (BytePlus)", make_order(), ordering=ordering)


@pytest.mark.parametrize(("status", "code", "kind"), CODES, ids=[code for _, code, _ in CODES])
def test_every_error_code_says_what_happened_whether_it_was_charged_and_what_to_do(
    status: int, code: str, kind: type[ServiceError]
) -> None:
    error = refuse(status, code)
    assert (kind, code, False, "SH010") == (type(error), error.code, error.charged, error.strip)
    assert "'SH010': " in error.message
    assert "Nothing was charged." in error.message
    assert "“No. Request id: 0217”" in error.message
    assert error.remedy.endswith(".")
    assert "{" not in str(error)


@pytest.mark.parametrize(("code", "kind"), IN_TASKS, ids=[code for code, _ in IN_TASKS])
def test_every_code_inside_a_failed_task_does_so_too(code: str, kind: type[ServiceError]) -> None:
    error = error_of_task(Said(code, "No."), "Seedance (BytePlus)", make_order())
    assert (kind, code, False) == (type(error), error.code, error.charged)
    assert "Nothing was charged." in error.message
    assert error.remedy
    assert "by itself" not in error.remedy  # what failed is ordered again by the user alone


def test_no_known_code_is_missing_from_the_table_above() -> None:
    tried = {code for _, code, _ in CODES} | {code for code, _ in IN_TASKS}
    families = {"RateLimitExceeded", "OperationDenied", "InvalidEndpointOrModel", "InvalidImageURL", "InvalidAction"}
    families |= {"NotFound"}  # only their members are in the manual
    assert set(REFUSALS) - tried - families == set()


@pytest.mark.parametrize(("status", "kind"), [(400, RequestRefused), (403, NotAllowed), (429, RateLimited)])
def test_an_unknown_code_is_kept_whole_and_shown(status: int, kind: type[ServiceError]) -> None:
    error = refuse(status, "Brand.New.Code", message="the moon is wrong")
    assert (kind, "Brand.New.Code") == (type(error), error.code)
    assert "Brand.New.Code: the moon is wrong" in error.message


def test_an_unknown_code_inside_a_task_is_kept_whole_and_shown() -> None:
    error = error_of_task(Said("Brand.New.Code", "the moon is wrong"), "Seedance", make_order())
    assert (TaskFailed, "Brand.New.Code") == (type(error), error.code)
    assert "the moon is wrong” (Brand.New.Code)" in error.message


def test_a_task_that_failed_without_a_word_says_so() -> None:
    error = error_of_task(None, "Seedance (BytePlus)", make_order())
    assert (TaskFailed, None) == (type(error), error.code)
    assert "gave no reason" in error.message


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_gateways_page_on_an_order_leaves_it_uncertain(status: int) -> None:
    page = Answer(status, {}, b"<html>Bad gateway</html>")
    error = error_from_answer(page, "Seedance", make_order(), ordering=True)
    assert (AnswerLost, None) == (type(error), error.charged)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_gateways_page_on_a_read_is_tried_again(status: int) -> None:
    page = Answer(status, {"retry-after": "7"}, b"<html>Bad gateway</html>")
    error = error_from_answer(page, "Seedance", make_order(), ordering=False)
    assert (ServiceUnavailable, 7.0) == (type(error), error.wait_seconds)


def test_an_unknown_code_at_500_leaves_an_order_uncertain() -> None:
    assert type(refuse(500, "Brand.New.Code")) is AnswerLost


@pytest.mark.parametrize(
    ("status", "whole", "kind"),
    [
        (408, False, ServiceUnavailable),
        (408, True, AnswerLost),
        (409, True, ServiceUnavailable),
        (425, True, ServiceUnavailable),
    ],
)
def test_statuses_that_say_not_now_are_told_apart(status: int, whole: bool, kind: type[ServiceError]) -> None:
    error = error_from_answer(Answer(status, {}, b"", whole), "Seedance", make_order(), ordering=True)
    assert kind is type(error)


def test_the_wait_that_the_service_asked_for_is_kept() -> None:
    told = answer(429, "RateLimitExceeded.EndpointRPMExceeded", **{"retry-after": "12"})
    error = error_from_answer(told, "Seedance", make_order(), ordering=True)
    assert isinstance(error, RateLimited)
    assert error.wait_seconds == 12.0


def test_a_refused_reference_is_named_with_its_strip(tmp_path: Path) -> None:
    order = make_order(picture(tmp_path), picture(tmp_path, "Image 2"))
    said = answer(400, "InvalidParameter", param="content[2].image_url", message="resource download failed")
    error = error_from_answer(said, "Seedance", order, ordering=True)
    assert error.strip == "Harbour"
    assert "Image 2 ('Harbour')" in error.message


def test_moderation_of_the_only_picture_names_its_strip(tmp_path: Path) -> None:
    order = make_order(picture(tmp_path), sound(tmp_path))
    said = answer(400, "InputImageSensitiveContentDetected.PrivacyInformation")
    error = error_from_answer(said, "Seedance", order, ordering=True)
    assert error.strip == "Ana"
    assert "a real person" in error.message


def test_foreign_words_are_cut_to_one_line_of_reasonable_length() -> None:
    error = refuse(400, "InvalidParameter", message="bad\x1b[31m\n" + "x" * 5000)
    assert "\x1b" not in str(error)
    assert "\n" not in str(error)
    assert len(str(error)) < 1000
