from __future__ import annotations

import pytest

from fluxlit_sidecar import SidecarOptionError, parse_streamlit_flags, validate_streamlit_options
from fluxlit_sidecar.streamlit_flags import environment_options


def test_flags_are_read_as_streamlit_run_reads_them() -> None:
    flags = ["--server.maxUploadSize", "50", "--server.enableCORS=false", "--theme.primaryColor", "#fff"]
    assert parse_streamlit_flags(flags) == {
        "server.maxUploadSize": 50,
        "server.enableCORS": False,
        "theme.primaryColor": "#fff",
    }
    assert parse_streamlit_flags([]) == {}


def test_a_boolean_may_stand_alone_and_a_list_may_come_several_times() -> None:
    flags = ["--server.runOnSave", "--server.corsAllowedOrigins", "http://a", "--server.corsAllowedOrigins=http://b"]
    assert parse_streamlit_flags(flags) == {
        "server.runOnSave": True,
        "server.corsAllowedOrigins": ["http://a", "http://b"],
    }


@pytest.mark.parametrize("flag", ["server.port", "server.address", "server.baseUrlPath", "server.headless"])
@pytest.mark.parametrize("form", [["--{}", "1"], ["--{}=1"], ["--{}"]])
def test_options_that_the_supervisor_owns_are_refused_with_a_reason(flag: str, form: list[str]) -> None:
    with pytest.raises(SidecarOptionError, match=rf"'--{flag}\S*' is not for the user to set: "):
        parse_streamlit_flags([part.format(flag) for part in form])
    with pytest.raises(SidecarOptionError, match="not for the user"):
        validate_streamlit_options({flag: 1})


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--server.maxUploadSise", "5"], r"did you mean '--server.maxUploadSize'"),
        (["--no.such.flag", "1"], r"'--no.such.flag' is no option"),
        (["--no.such.flag"], r"'--no.such.flag' is no option"),
        (["server.maxUploadSize", "5"], "is no Streamlit flag"),
        (["--server.maxUploadSize", "many"], "'many', which is no int"),
        (["--server.enableCORS", "perhaps"], "'perhaps', which is no bool"),
        (["--server.maxUploadSize"], "has no value"),
        (["--server.cookieSecret", "x"], "STREAMLIT_SERVER_COOKIE_SECRET"),
    ],
)
def test_p5_a_bad_flag_is_refused_before_anything_is_started(flags: list[str], words: str) -> None:
    with pytest.raises(SidecarOptionError, match=words):
        parse_streamlit_flags(flags)


def test_variables_count_as_on_streamlits_command_line() -> None:
    environ = {
        "STREAMLIT_SERVER_MAX_UPLOAD_SIZE": "9",
        "STREAMLIT_SERVER_ENABLE_CORS": "",
        "STREAMLIT_SERVER_CORS_ALLOWED_ORIGINS": "http://a http://b",
        "STREAMLIT_SERVER_COOKIE_SECRET": "left to Streamlit",
        "STREAMLIT_RUNNER_FAST_RERUNS": "n",
    }
    assert environment_options(environ) == {
        "server.maxUploadSize": 9,
        "server.corsAllowedOrigins": ["http://a", "http://b"],
        "runner.fastReruns": False,
    }
    with pytest.raises(SidecarOptionError, match=r"STREAMLIT_SERVER_MAX_UPLOAD_SIZE.*'x'"):
        environment_options({"STREAMLIT_SERVER_MAX_UPLOAD_SIZE": "x"})
