"""RFC 9110 section 12.5.3, rule by rule."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fluxlit_gateway.assets.accept_encoding import ENCODINGS, choose_encoding


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        pytest.param(None, "identity", id="no field: anything goes, and plain is safest"),
        pytest.param("", "identity", id="an empty field: no coding is wanted"),
        pytest.param("gzip, deflate, br, zstd", "br", id="Chromium"),
        pytest.param("gzip, deflate", "gzip", id="a browser over plain http"),
        pytest.param("GZIP", "gzip", id="names know no case"),
        pytest.param("x-gzip", "gzip", id="an old name (section 8.4.1.3)"),
        pytest.param("deflate", "identity", id="a coding that is not made"),
        pytest.param("br;q=0.5, gzip;q=0.8", "gzip", id="the higher weight"),
        pytest.param("br;q=0.5, zstd;q=0.5, gzip;q=0.5", "br", id="equal weights: the smallest"),
        pytest.param("zstd, gzip", "zstd", id="zstd before gzip"),
        pytest.param("gzip;q=0.001", "gzip", id="any weight beats identity unnamed"),
        pytest.param("gzip;q=0.5, identity", "identity", id="identity named and higher"),
        pytest.param("gzip;q=0.5, identity;q=0.5", "gzip", id="identity named and equal"),
        pytest.param("br;q=0, gzip", "gzip", id="zero excludes"),
        pytest.param("br;q=0", "identity", id="zero excludes the only one named"),
        pytest.param("*", "br", id="the asterisk is all that are not named"),
        pytest.param("br;q=0, *", "zstd", id="the asterisk does not bring back what is excluded"),
        pytest.param("gzip, *;q=0", "gzip", id="the asterisk excludes the rest"),
        pytest.param("identity, *;q=0", "identity", id="identity alone"),
        pytest.param("gzip, identity;q=0", "gzip", id="identity excluded"),
        pytest.param("br ; q=0.2 , gzip ; q=0.9", "gzip", id="white space"),
        pytest.param("br;Q=0.2, gzip", "gzip", id="q knows no case"),
        pytest.param("br;q=x, gzip;q=0.1", "gzip", id="a weight that is no number"),
        pytest.param("br;q=7, gzip;q=0.1", "gzip", id="a weight over one"),
        pytest.param("br;q=nan, gzip;q=0.1", "gzip", id="no number, spelled out"),
        pytest.param(",, ,gzip,", "gzip", id="empty members"),
        pytest.param("gzip, " + "unknown, " * 100, "gzip", id="a long list"),
    ],
)
def test_the_coding_is_chosen_by_weight_then_by_size(header: str | None, encoding: str) -> None:
    assert choose_encoding(header, compressible=True) == encoding


@pytest.mark.parametrize("header", ["identity;q=0", "*;q=0", "deflate, *;q=0", "identity;q=0, gzip;q=0, *;q=0"])
def test_nothing_acceptable_is_none(header: str) -> None:
    assert choose_encoding(header, compressible=True) is None


@pytest.mark.parametrize("header", [None, "", "gzip, br", "*", "br;q=1, identity;q=0.1"])
def test_what_does_not_shrink_is_sent_plain(header: str | None) -> None:
    assert choose_encoding(header, compressible=False) == "identity"


@pytest.mark.parametrize("header", ["gzip, identity;q=0", "gzip, *;q=0"])
def test_what_does_not_shrink_is_coded_all_the_same_when_plain_is_excluded(header: str) -> None:
    assert choose_encoding(header, compressible=False) == "gzip"


# No deadline: how long an example takes says nothing on a busy machine.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet="brgzipq=0.5;,* \tx-", max_size=60), st.booleans())
def test_any_text_gets_an_answer(header: str, compressible: bool) -> None:  # noqa: FBT001 - hypothesis passes it by position
    assert choose_encoding(header, compressible=compressible) in {*ENCODINGS, None}
